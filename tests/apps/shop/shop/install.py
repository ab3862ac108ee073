import atelier
from slugify import slugify


def after_install():
    boxes = atelier.local.db.get("stock_item", "boxes")
    atelier.local.db.set("settings", "shop", slugify(f"Opened with {boxes} boxes"))
