//! Every kind of field and every aggregate, from a file to a figure.

use serde_json::{Value, json};

use crate::home::Home;

const THINGS: &str = "\
code,title.fr,title.en,count,weight,price,made,term,sold,colour,colours,part_of,parts,paper,marks
A,Aé,An A,10,0.1,12.50 USD,2001-02-03,2001-01-01..2001-12-31,yes,crimson,red|azul,,B|C,note.txt,x|y
B,Bé,A B,20,0.2,0.05 USD,2000-02-29,2002-01-01..2003-12-31,no,Синий,,A,,,y
C,Cé,A C,90,1000000000000.000000001,7 EUR,,,true,,,A,,,
";

fn home() -> Home {
    let home = Home::at_packs(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/packs"));
    home.file("note.txt", "kept by its hash");
    home.call(&["import", "thing", home.file("things.csv", THINGS)]).done();
    home
}

#[test]
fn every_kind_of_value_is_kept_as_it_was_given() {
    let home = home();
    let entries = home.call(&["entries", "thing", "--json"]).done().json();
    let first = &entries[0]["body"];
    assert_eq!(first["title"], json!({"en": "An A", "fr": "Aé"}));
    assert_eq!(first["weight"], "0.1");
    assert_eq!(first["price"], json!({"amount": "12.50", "currency": "USD"}));
    assert_eq!(first["term"], json!({"from": "2001-01-01", "to": "2001-12-31"}));
    assert_eq!(
        (&first["sold"], &first["colour"], &first["colours"]),
        (&json!(true), &json!("red"), &json!(["red", "blue"]))
    );
    assert_eq!((&first["parts"], &first["marks"]), (&json!(["B", "C"]), &json!(["x", "y"])));
    assert_eq!(entries[2]["body"]["part_of"], "A");
    let hash = first["paper"]["sha256"].as_str().unwrap();
    let kept = std::fs::read_to_string(home.path().join("home/files").join(hash)).unwrap();
    assert_eq!(kept, "kept by its hash");
    // What goes out as JSON comes in again as the same.
    let lines: Vec<String> =
        entries.as_array().unwrap().iter().map(|entry| format!("{}\n", entry["body"])).collect();
    let answer = home
        .call(&["import", "thing", home.file("again.jsonl", lines.concat()), "--json"])
        .done()
        .json();
    assert_eq!((&answer["unchanged"], &answer["added"]), (&json!(3), &json!(0)));
}

#[test]
fn every_aggregate_gives_an_exact_figure() {
    let home = home();
    let value = |call: &[&str]| -> Value {
        let figure = home.call(&[&["measure", "--json"], call].concat()).done().json();
        figure.get("value").or(figure.get("rows")).unwrap().clone()
    };
    assert_eq!(value(&["kinds.things"]), 3);
    assert_eq!(value(&["kinds.colours"]), 2);
    assert_eq!(value(&["kinds.weight"]), "1000000000000.300000001", "decimals are no floats");
    assert_eq!(value(&["kinds.price", "currency=USD"]), "12.55");
    assert_eq!(value(&["kinds.first"]), "2000-02-29");
    assert_eq!(value(&["kinds.last"]), "2003-12-31");
    assert_eq!(value(&["kinds.middle"]), 20.0);
    assert_eq!(value(&["kinds.marked", "mark=y"]), 2);
    assert_eq!(value(&["kinds.titled", "title=Bé"]), 1);
    assert_eq!(value(&["kinds.large"]), 1);
    assert_eq!(value(&["kinds.large", "least=0", "sold=false"]), 1);
    let rows = value(&["kinds.by_colour"]);
    let groups: Vec<(&Value, &Value)> =
        rows.as_array().unwrap().iter().map(|row| (&row["colour"], &row["value"])).collect();
    assert_eq!(
        groups,
        [(&json!("blue"), &json!(1)), (&json!("red"), &json!(1)), (&Value::Null, &json!(1))]
    );
}

#[test]
fn values_that_do_not_fit_are_told_one_by_one() {
    let home = home();
    let rows = "code,count,weight,price,made,term,sold,colour,part_of,paper\n\
                a,,,,,,,,,\n\
                D,101,-1,12 usd,1899-12-31,2001-01-01..2000-01-01,perhaps,green,Z,../secret.txt\n\
                E,1.5,1e5,USD 12,01/02/2003,2001,,,,missing.txt\n";
    let told = home.call(&["import", "thing", home.file("bad.csv", rows)]).refused();
    insta::assert_snapshot!(told);
}
