import atelier


def execute():
    atelier.local.db.set("stock_item", "shelf", "1")
