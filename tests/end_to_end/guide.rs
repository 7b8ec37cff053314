//! The guide to a first register, followed to the letter.

use std::path::Path;

use crate::home::Home;

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for item in std::fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.path().is_dir() {
            copy(&item.path(), &target);
        } else {
            std::fs::copy(item.path(), target).unwrap();
        }
    }
}

#[test]
fn a_register_a_measure_and_a_line_in_a_report_take_one_page_and_no_rust() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let guide = std::fs::read_to_string(root.join("docs/guides/first-register.md")).unwrap();
    let home = Home::new();
    std::fs::remove_dir_all(home.path().join("home")).unwrap();
    let packs = home.path().join("packs");
    copy(&root.join("packs"), &packs);
    let mut written = 0;
    for block in guide.split("\n```").skip(1).step_by(2) {
        let (head, text) = block.split_once('\n').unwrap();
        let words: Vec<&str> = head.split(' ').collect();
        let [_, file, rest @ ..] = words.as_slice() else { continue };
        let file = packs.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let before = match rest {
            [] => String::new(),
            _ => format!("{}\n", std::fs::read_to_string(&file).unwrap()),
        };
        std::fs::write(file, format!("{before}{text}\n")).unwrap();
        written += 1;
    }
    assert_eq!(written, 12);
    let call = |arguments: &[&str]| home.call(&[&["--packs", "packs"], arguments].concat());
    let told = call(&["pack", "check"]);
    assert_eq!(told.code, 0, "{told}");
    call(&["init"]).done();
    home.file(
        "visits.csv",
        "country,held,experts\nKEN,2012-06-04..2012-06-08,3\nPeru,2013-01-10..2013-01-12,2\n",
    );
    call(&["import", "visit", "visits.csv", "--source", "mission reports"]).done();
    home.file("twice.csv", "country,held,experts\nKEN,2012-06-08..2012-06-09,1\n");
    let told = call(&["import", "visit", "twice.csv"]).refused();
    assert!(told.contains("two visits to one country at once"), "{told}");
    let figure = call(&["measure", "visits.visits", "from=2012-05-25", "to=2013-05-24", "--json"]);
    assert_eq!(figure.done().json()["value"], 2);
    for (language, line) in [
        ("en", "During the reporting period, there were 2 expert visits."),
        ("zh", "报告期内进行了2次专家访问。"),
        ("ar", "سُجلت ٢ زيارة لخبراء"),
    ] {
        let text = call(&["report", "build", "annual", "--lang", language, "--to", "text"]).done();
        assert!(text.out.contains(line), "{language}: {}", text.out);
    }
}
