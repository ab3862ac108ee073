from setuptools import find_packages, setup

with open("requirements.txt") as file:
    requirements = file.read().strip().split("\n")

setup(name="stock", version="0.3.1", packages=find_packages(), install_requires=requirements)
