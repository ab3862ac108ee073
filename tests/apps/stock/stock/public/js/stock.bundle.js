console.log("stock");
