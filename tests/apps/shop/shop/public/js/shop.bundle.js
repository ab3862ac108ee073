import escape from "escape-html";

window.shop = (name) => escape(name);
