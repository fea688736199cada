"""Imports every module of the generated client, and prints how many operations it has."""

import importlib
import pkgutil

import stagedoor_client

NAME = "stagedoor_client."
modules = [module.name for module in pkgutil.walk_packages(stagedoor_client.__path__, NAME)]
for module in modules:
    importlib.import_module(module)
print(sum(name.startswith(NAME + "api.") and name.count(".") == 3 for name in modules))
