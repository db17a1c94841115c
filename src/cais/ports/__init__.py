"""What is promised between the engine and every connector: manifests, capabilities, outcomes and errors."""
