//! Records out of a home and into another: tables, the XML of a standard, calendars.

use std::path::Path;
use std::process::Command;

use crate::home::Home;

fn elsewhere() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/iati/elsewhere.xml");
    std::fs::read_to_string(file).unwrap()
}

/// Validates a file against the official schema, ruleset and code lists, where `make setup` has
/// brought them.
fn assert_valid_iati(file: &Path) {
    let Some(python) = std::env::var_os("CHANCERY_PYTHON").filter(|p| Path::new(p).exists()) else {
        eprintln!("skipped: the schema of IATI comes with `make setup`, as in `make test`");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/iati/validate.py");
    let output = Command::new(python).arg(script).arg(file).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn activities_published_elsewhere_come_in_and_go_out_valid_and_come_back_unchanged() {
    let home = Home::new();
    let before = home.size();
    home.file("in.xml", elsewhere());
    home.call(&["import", "iati", "in.xml", "--dry-run"]).done();
    assert_eq!(home.size(), before);
    let told = home.call(&["import", "iati", "in.xml"]).done().out;
    assert!(told.contains("14 added"), "{told}");
    let told = home.call(&["export", "iati", "--out", "out.xml"]).done();
    assert!(told.out.starts_with("2 records"), "{told}");
    assert!(told.err.contains("left out"), "projects without what the standard asks for: {told}");
    assert_valid_iati(&home.path().join("out.xml"));
    let text = std::fs::read_to_string(home.path().join("out.xml")).unwrap();
    // The generation time differs from run to run.
    let (head, body) = text.split_once("<iati-activity>").unwrap();
    assert!(head.contains("generated-datetime"), "{head}");
    insta::assert_snapshot!(body);
    let told = home.call(&["import", "iati", "out.xml"]).done().out;
    assert!(told.contains("0 added, 0 superseded, 10 unchanged"), "{told}");
}

#[test]
fn what_a_home_publishes_itself_comes_back_unchanged_and_marked() {
    let home = Home::demonstration();
    let told = home.call(&["export", "iati", "--out", "own.xml"]).done();
    assert!(told.err.contains("demonstration data: 20 of them are invented"), "{told}");
    assert_valid_iati(&home.path().join("own.xml"));
    let told = home.call(&["import", "iati", "own.xml"]).done().out;
    assert!(told.contains(" 0 added, 0 superseded,"), "{told}");
    // In another home the records stay what they are: invented.
    let other = Home::new();
    std::fs::copy(home.path().join("own.xml"), other.path().join("own.xml")).unwrap();
    other.call(&["import", "iati", "own.xml"]).done();
    let listed = other.call(&["entries", "project", "--json"]).done().json();
    let invented = listed.as_array().unwrap().iter().filter(|p| p["demonstration"] == true).count();
    assert_eq!(invented, 20);
}

#[test]
fn a_file_of_activities_that_is_wrong_is_refused_whole_with_its_lines() {
    let home = Home::new();
    let good = elsewhere();
    let cases = [
        ("no such currency", good.replace("currency=\"EUR\"", "currency=\"euro\"")),
        ("no such day", good.replace("2012-03-05", "2012-02-30")),
        ("a negative budget", good.replace("120000.50", "-120000.50")),
        (
            "overlapping periods",
            good.replace("period-start iso-date=\"2013-01-01\"/><period-end iso-date=\"2013-12-31\"/>\n      <value", "period-start iso-date=\"2012-07-01\"/><period-end iso-date=\"2013-06-30\"/>\n      <value"),
        ),
        ("cut short", good[..good.len() / 2].to_owned()),
        (
            "an entity of its own",
            good.replace("<iati-activities", "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>\n<iati-activities"),
        ),
        ("something else", "<html/>".to_owned()),
        ("nothing", "<iati-activities version=\"2.03\"/>".to_owned()),
    ];
    let size = home.size();
    let told = cases.iter().map(|(name, text)| {
        home.file("in.xml", text);
        format!("== {name}\n{}", home.call(&["import", "iati", "in.xml"]).refused())
    });
    let told: Vec<String> = told.collect();
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(home.size(), size);
}

/// What valid files of others do: two indicators of one title, several readings in a period,
/// countries and vocabularies that nobody here knows, identifiers that only differ in their signs.
#[test]
fn valid_files_of_others_come_in_whole() {
    let home = Home::new();
    let good = elsewhere();
    let indicator = |value: u32| {
        format!(
            "<indicator measure=\"1\"><title><narrative>Same title</narrative></title>\
             <period><period-start iso-date=\"2013-01-01\"/><period-end iso-date=\"2013-06-30\"/>\
             <actual value=\"{value}\"/><actual value=\"{value}5\"><dimension name=\"sex\" value=\"female\"/></actual>\
             </period></indicator></result>"
        )
    };
    let two = good.replacen("</result>", &indicator(1), 1).replacen("</result>", &indicator(2), 1);
    let odd = two
        .replace("code=\"HN\"", "code=\"XK\"")
        .replace(
            "<sector vocabulary=\"99\" code=\"victims\"/>",
            "<sector code=\"15113\"/><sector vocabulary=\"99\" code=\"their-own\"/>",
        )
        .replace("XX-EXAMPLE-0002", "XX.EXAMPLE.0001");
    home.file("in.xml", odd);
    home.call(&["import", "iati", "in.xml"]).done();
    let readings = home.call(&["entries", "reading", "--json"]).done().json();
    let readings: Vec<(String, String)> = readings
        .as_array()
        .unwrap()
        .iter()
        .map(|reading| {
            let text = |field: &str| reading["body"][field].as_str().unwrap().to_owned();
            (text("indicator"), text("value"))
        })
        .collect();
    let under = |end: &str| {
        let own = readings.iter().filter(|(indicator, _)| indicator.ends_with(end));
        own.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(under("-indicator-2"), ["1", "15"], "{readings:?}");
    assert_eq!(under("-indicator-3"), ["2", "25"], "{readings:?}");
    let projects = home.call(&["entries", "project", "--json"]).done().json();
    let odd = projects
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["body"]["iati_identifier"] == "XX.EXAMPLE.0001");
    assert_eq!(odd.unwrap()["body"]["themes"], serde_json::json!(["corruption"]));
    let told = home.call(&["import", "iati", "in.xml"]).done().out;
    assert!(told.contains(" 0 added, 0 superseded,"), "{told}");
    home.call(&["export", "iati", "--out", "out.xml"]).done();
    let out = std::fs::read_to_string(home.path().join("out.xml")).unwrap();
    assert!(out.contains("<reporting-org ref=\"XX-EXAMPLE\""), "others stay the publishers");
    assert_valid_iati(&home.path().join("out.xml"));
}

#[test]
fn what_is_written_as_a_table_is_read_back_unchanged() {
    let home = Home::new();
    for register in ["participant", "organization", "statement", "budget", "activity", "meeting"] {
        for ending in ["csv", "xlsx"] {
            let file = format!("{register}.{ending}");
            home.call(&["export", register, "--out", &file]).done();
            let told = home.call(&["import", register, &file]).done().out;
            assert!(told.contains(" 0 added, 0 superseded,"), "{file}: {told}");
        }
    }
    // Views and code lists are tables too.
    home.call(&["export", "treaty_party", "--out", "parties.csv"]).done();
    home.call(&["export", "theme", "--out", "themes.csv"]).done();
    let themes = std::fs::read_to_string(home.path().join("themes.csv")).unwrap();
    assert!(themes.contains("money_laundering,"), "{themes}");
    let told = home.call(&["export", "nothing", "--out", "x.csv"]).refused();
    assert!(told.contains("there is no table `nothing`"), "{told}");
    assert!(!home.path().join("x.csv").exists());
}

/// A spreadsheet would run a cell that begins like a formula.
#[test]
fn no_cell_of_a_table_is_a_formula_and_no_sign_is_lost() {
    let home = Home::new();
    let hostile = "=HYPERLINK(\"http://example.org\",\"x\")";
    home.file(
        "organizations.csv",
        format!(
            "code,name.en,acronyms,kind\n\
             hostile-1,\"{}\",@SUM(A1)|+1,private\nhostile-2,'-quoted,,private\n",
            hostile.replace('"', "\"\"")
        ),
    );
    home.call(&["import", "organization", "organizations.csv"]).done();
    home.call(&["export", "organization", "--out", "out.csv"]).done();
    let text = std::fs::read_to_string(home.path().join("out.csv")).unwrap();
    assert!(text.contains("\"'=HYPERLINK(") && text.contains("'@SUM(A1)|+1"), "{text}");
    let told = home.call(&["import", "organization", "out.csv"]).done().out;
    assert!(told.contains(" 0 added, 0 superseded,"), "{told}");
    home.call(&["export", "organization", "--out", "out.xlsx"]).done();
    let told = home.call(&["import", "organization", "out.xlsx"]).done().out;
    assert!(told.contains(" 0 added, 0 superseded,"), "{told}");
    let sheet = std::fs::read(home.path().join("out.xlsx")).unwrap();
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(sheet)).unwrap();
    let mut xml = String::new();
    let mut part = book.by_name("xl/worksheets/sheet1.xml").unwrap();
    std::io::Read::read_to_string(&mut part, &mut xml).unwrap();
    assert!(xml.contains("HYPERLINK") && !xml.contains("<f>"), "text, never a formula");
}

#[test]
fn meetings_and_deadlines_are_a_calendar() {
    let home = Home::new();
    home.call(&["export", "programme", "--lang", "fr", "--out", "programme.ics"]).done();
    let text = std::fs::read_to_string(home.path().join("programme.ics")).unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    for line in text.split("\r\n") {
        assert!(line.len() <= 75, "a line of more than 75 octets: {line}");
    }
    let unfolded = text.replace("\r\n ", "");
    let events: Vec<&str> = unfolded.split("BEGIN:VEVENT").skip(1).collect();
    // The fifth conference on corruption was announced for Panama (A/68/127, paragraph 28).
    let panama = events.iter().find(|event| event.contains("DTSTART;VALUE=DATE:20131124"));
    let panama = panama.unwrap();
    assert!(panama.contains("DTEND;VALUE=DATE:20131129") && panama.contains("Panama"), "{panama}");
    assert!(panama.contains("SUMMARY:Prévu : "), "{panama}");
    let told = home.call(&["export", "no-such-thing", "--out", "x.ics"]).refused();
    assert!(told.contains("no-such-thing"), "{told}");
}
