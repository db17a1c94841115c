"""The product's settings with one address more: the bare view that the bench compares the door with."""

from cais.config.settings import *  # noqa: F403 (a settings module is a namespace)

ROOT_URLCONF = "bench.webhooks_urls"
