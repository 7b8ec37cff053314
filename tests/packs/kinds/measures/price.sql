---
measure: kinds.price
label: {ar: "price", zh: "price", en: "price", fr: "price", ru: "price", es: "price"}
unit: USD
parameters: {currency: {type: text}}
aggregate: sum
column: price_amount
keywords: {ar: ["price"], zh: ["price"], en: ["price"], fr: ["price"], ru: ["price"], es: ["price"]}
---
SELECT record_id, price_amount FROM thing WHERE price_currency = $currency
