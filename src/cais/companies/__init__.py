"""Who is who: groups, companies, warehouses, people, and who may see what."""
