"""The embedded ERP: sales orders, behind the same port as any other ERP."""
