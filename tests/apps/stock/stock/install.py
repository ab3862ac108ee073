import atelier
import inflect


def after_install():
    atelier.local.db.sql("CREATE TABLE IF NOT EXISTS `stock_item` (name VARCHAR(140) PRIMARY KEY, value TEXT)")
    atelier.local.db.set("stock_item", inflect.engine().plural("box"), "2")
