app_name = "shop"
app_title = "Shop"
# Without an organisation, as many apps write it.
required_apps = ["stock"]
after_install = "shop.install.after_install"
