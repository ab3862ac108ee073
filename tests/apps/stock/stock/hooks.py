app_name = "stock"
app_title = "Stock"
after_install = "stock.install.after_install"
