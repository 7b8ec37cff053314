//! Reports as files for others: what their software makes of them, and what is no document.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use zip::write::SimpleFileOptions;

use crate::home::Home;

/// What other software reads in a file, where `make setup` has brought it.
fn read_elsewhere(file: &Path) -> Option<Value> {
    let Some(python) = std::env::var_os("CHANCERY_PYTHON").filter(|p| Path::new(p).exists()) else {
        eprintln!("skipped: the readers of others come with `make setup`, as in `make test`");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/formats/read.py");
    let output = Command::new(python).arg(script).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Asserts that a file has the figures of the report, each under its identifier.
fn assert_figures(home: &Home, lang: &str, read: &Value) {
    let built = home.call(&["report", "build", "status", "--lang", lang, "--to", "json"]).done();
    let built = built.json();
    let read = read["figures"].as_object().unwrap();
    assert!(read.len() > 400, "{}", read.len());
    let ids = |texts: &Value| texts.to_string().matches("{f").count();
    assert_eq!(read.len(), ids(&built["blocks"]), "{lang}: as many as the report states");
    for figure in built["figures"].as_array().unwrap() {
        if let Some(text) = read.get(figure["id"].as_str().unwrap()) {
            assert_eq!(*text, figure["text"], "{lang} {}", figure["id"]);
        }
    }
}

fn build(home: &Home, lang: &str, file: &str) {
    home.call(&["report", "build", "status", "--lang", lang, "--out", file]).done();
}

/// How many figures of a status report agree when the file is checked; none may differ.
fn agreeing(home: &Home, lang: &str, file: &str) -> u64 {
    let time = ["--period", "2012-05-25..2013-05-24", "--at", "2013-05-24"];
    let call = [&["report", "check", file, "--lang", lang, "--json"], &time[..]].concat();
    let summary = home.call(&call).done().json()["summary"].clone();
    assert_eq!(summary["differs"], 0, "{file}");
    summary["agrees"].as_u64().unwrap()
}

#[test]
fn a_summary_holds_what_the_text_holds_and_an_empty_paragraph_stops_nothing() {
    let home = Home::new();
    let packs = home.path().join("packs");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    crate::guide::copy(&own, &packs);
    let early = "A summary.\n\n![left out](x.png)\n\n{{ chart(\"bar\", title=\"Early\", alt=\"A bar\") }}\n\n\
         | What | Parties |\n| --- | ---: |\n| x | {{ figure(\"treaties.parties\", instrument=\"untoc\", at=period.end) }} |\n\n";
    for lang in ["ar", "zh", "en", "fr", "ru", "es"] {
        let file = packs.join(format!("treaties/reports/status/{lang}.md"));
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{early}{text}")).unwrap();
    }
    for ending in ["html", "pdf", "docx", "xml"] {
        let file = format!("status.{ending}");
        home.call(&[
            "--packs", "packs", "report", "build", "status", "--lang", "en", "--out", &file,
        ])
        .done();
    }
    let page = std::fs::read_to_string(home.path().join("status.html")).unwrap();
    let summary = page.split("<section class=\"summary\"").nth(1).unwrap();
    let summary = summary.split("</section>").next().unwrap();
    assert!(summary.contains("<svg") && summary.contains("A bar"), "{summary}");
}

#[test]
fn a_word_file_is_read_by_others_with_its_figures_numbers_and_notes() {
    let home = Home::new();
    for lang in ["en", "ar", "zh"] {
        let file = format!("status.{lang}.docx");
        build(&home, lang, &file);
        let Some(read) = read_elsewhere(&home.path().join(&file)) else { return };
        assert_figures(&home, lang, &read);
        assert_eq!(read["numbered"], 17, "{lang}");
        assert_eq!(read["headings"], 6, "{lang}: the annex has a style of its own");
        assert_eq!(read["pictures"], 4, "{lang}");
        // One for the masthead, three of the text, four behind the charts.
        assert_eq!(read["tables"], 8, "{lang}");
        assert!(read["notes"].as_u64().unwrap() >= 3, "{lang}");
        assert_eq!(read["right_to_left"], lang == "ar", "{lang}");
        assert!(!read["title"].as_str().unwrap().is_empty());
    }
}

#[test]
fn akoma_ntoso_is_valid_and_named_as_the_united_nations_name_documents() {
    let home = Home::new();
    for (lang, code) in [("en", "eng"), ("ar", "ara"), ("fr", "fra")] {
        let file = format!("status.{lang}.xml");
        build(&home, lang, &file);
        let Some(read) = read_elsewhere(&home.path().join(&file)) else { return };
        assert_eq!(read["valid"], true, "{}", read["problems"]);
        assert_figures(&home, lang, &read);
        let work = read["work"].as_str().unwrap();
        assert!(
            work.starts_with("/akn/un/doc/report/") && work.ends_with("/status-2013"),
            "{work}"
        );
        let expression = read["expression"].as_str().unwrap();
        assert!(expression.starts_with(&format!("{work}/{code}@")), "{expression}");
    }
}

#[test]
fn a_word_processor_opens_what_is_written() {
    let office = Command::new("soffice").arg("--version").output();
    if !office.is_ok_and(|answer| answer.status.success()) {
        eprintln!("skipped: LibreOffice comes with `make office`, as in `make test`");
        return;
    }
    let home = Home::new();
    for lang in ["en", "ar"] {
        build(&home, lang, &format!("status.{lang}.docx"));
    }
    let profile = format!("-env:UserInstallation=file://{}", home.path().join("office").display());
    let opened = Command::new("soffice")
        .args(["--headless", &profile, "--convert-to", "pdf"])
        .args(["status.en.docx", "status.ar.docx"])
        .current_dir(home.path())
        .output()
        .unwrap();
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    for lang in ["en", "ar"] {
        assert!(agreeing(&home, lang, &format!("status.{lang}.pdf")) >= 10, "{lang}");
    }
}

#[test]
fn one_document_is_checked_alike_in_every_form() {
    let home = Home::new();
    for lang in ["en", "ru"] {
        let agree = |ending: &str| {
            let file = format!("status.{lang}.{ending}");
            build(&home, lang, &file);
            agreeing(&home, lang, &file)
        };
        let text = agree("txt");
        assert!(text >= 15, "{lang} {text}");
        for ending in ["md", "html", "docx"] {
            assert_eq!(agree(ending), text, "{lang} {ending}");
        }
        // A page of a PDF has lines, and no cells.
        assert_eq!(agree("pdf"), 20, "{lang}");
    }
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn what_is_no_document_is_told_from_one() {
    let home = Home::empty();
    let document = |body: &str| {
        format!(
            "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
        )
    };
    let bomb = vec![b' '; 200 << 20];
    let entities =
        "<!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>"
            .to_owned()
            + &document("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>");
    let cases: [(&str, Vec<u8>); 10] = [
        ("bomb.docx", zipped(&[("word/document.xml", &bomb)])),
        ("entities.docx", zipped(&[("word/document.xml", entities.as_bytes())])),
        ("sheet.docx", zipped(&[("xl/workbook.xml", b"<x/>")])),
        ("cut.docx", b"PK\x03\x04 cut short".to_vec()),
        ("locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<</Type/Cat".to_vec()),
        ("locked.pdf", locked_pdf()),
        ("scan.pdf", pdf_of("")),
        ("bomb.pdf", pdf_bomb()),
        ("latin1.txt", b"Caf\xe9 176 parties".to_vec()),
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|(name, content)| {
            let told =
                home.call(&["report", "check", home.file(name, content), "--lang", "en"]).refused();
            format!("== {name}\n{told}")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    let huge = std::fs::File::create(home.path().join("huge.txt")).unwrap();
    huge.set_len(500 << 20).unwrap();
    let told = home.call(&["report", "check", "huge.txt", "--lang", "en"]).refused();
    assert!(told.contains("500 MiB") && told.contains("at most 64 MiB"), "{told}");
}

/// A small PDF of one page with some content.
fn pdf_of(content: &str) -> Vec<u8> {
    format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>endobj\n\
         4 0 obj<</Length {}>>stream\n{content}\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
        content.len()
    )
    .into_bytes()
}

/// A PDF that opens with a password alone. A reader heeds that only where it finds the table of
/// objects that the trailer belongs to.
fn locked_pdf() -> Vec<u8> {
    let hash = "5a".repeat(32);
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>".to_owned(),
        format!("<</Filter/Standard/V 1/R 2/O<{hash}>/U<{hash}>/P -4>>"),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj{object}endobj\n", number + 1));
    }
    let start = file.len();
    let (size, id) = (objects.len() + 1, "00".repeat(16));
    let trailer = format!("<</Size {size}/Root 1 0 R/Encrypt 4 0 R/ID[<{id}><{id}>]>>");
    format!("{file}{table}trailer{trailer}\nstartxref\n{start}\n%%EOF\n").into_bytes()
}

/// A PDF whose page unpacks to more than any document may hold.
fn pdf_bomb() -> Vec<u8> {
    let mut packing = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packing.write_all(&vec![b' '; 100 << 20]).unwrap();
    let packed = packing.finish().unwrap();
    let mut file = format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>endobj\n\
         4 0 obj<</Length {}/Filter/FlateDecode>>stream\n",
        packed.len()
    )
    .into_bytes();
    file.extend(packed);
    file.extend(b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
    file
}

#[test]
fn a_published_report_proves_itself_and_tells_what_was_changed() {
    let home = Home::new();
    let told = home
        .call(&["report", "publish", "status", "--lang", "en", "--lang", "ar", "--out", "out"])
        .done()
        .out;
    assert!(told.starts_with("14 files with 450 figures"), "{told}");
    let verify = |more: &[&str]| {
        home.call(&[&["report", "verify", "out/status.proof.json", "--json"], more].concat())
    };
    let proved = verify(&[]).done().json();
    assert_eq!(
        (&proved["files"], &proved["faults"]),
        (&14.into(), &serde_json::json!([])),
        "{proved}"
    );
    assert!(proved["entries"].as_u64().unwrap() > 2000);
    // What the office learns later changes nothing of what was published, and is told.
    let late = "instrument,participant,action,date\nuntoc,PLW,accession,2013-05-01\n";
    home.call(&["import", "treaty_action", home.file("late.csv", late)]).done();
    let today = verify(&["--today", "--lang", "fr"]).done().json();
    assert_eq!(today["faults"], serde_json::json!([]));
    let first = &today["today"][0];
    assert_eq!((&first["published"], &first["today"]), (&"176".into(), &"177".into()));
    assert!(
        first["added"][0].as_str().unwrap().starts_with("treaty_action/untoc/PLW/accession"),
        "{first}"
    );
    assert_eq!(today["corrigendum"][0], "Paragraphe 2\u{a0}: au lieu de 176, lire 177");
    // Each way to cheat, undone before the next.
    let proof = std::fs::read_to_string(home.path().join("out/status.proof.json")).unwrap();
    let other = Home::new();
    let foreign =
        other.call(&["report", "publish", "status", "--lang", "en", "--out", "out"]).done();
    assert!(foreign.out.starts_with("7 files"));
    let foreign = std::fs::read_to_string(other.path().join("out/status.proof.json")).unwrap();
    let faults = |content: &str| {
        home.file("out/status.proof.json", content);
        let answer = verify(&[]);
        assert_eq!(answer.code, 1, "{answer}");
        answer.json()["faults"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| fault.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let told = faults(&proof.replacen("\"value\":176", "\"value\":177", 1));
    assert!(
        told.contains("it was changed after it was signed")
            && told.contains("published 177, computed 176"),
        "{told}"
    );
    let told = faults(&foreign);
    assert!(told.contains("the key of another journal"), "{told}");
    let told = faults(&proof.replacen("status.en.txt", "../status.en.txt", 1));
    assert!(told.contains("is no file name"), "{told}");
    home.file("out/status.proof.json", &proof);
    home.file("out/status.ar.txt", "another text");
    std::fs::remove_file(home.path().join("out/status.en.pdf")).unwrap();
    let answer = verify(&[]);
    assert_eq!(answer.code, 1);
    let found = answer.json();
    assert_eq!(
        found["faults"],
        serde_json::json!(["`status.ar.txt` is not the file that was published"])
    );
    assert_eq!(found["absent"], serde_json::json!(["status.en.pdf"]));
    let told = home.call(&["report", "verify", "out/status.en.json"]).refused();
    assert!(told.contains("expected the proof of a published report"), "{told}");
}

#[test]
fn versions_in_two_languages_are_compared_and_a_slip_is_found() {
    let home = Home::new();
    for lang in ["en", "fr", "zh"] {
        build(&home, lang, &format!("status.{lang}.txt"));
    }
    let against = |other: &str, lang: &str| {
        home.call(&[
            "report",
            "check",
            "status.en.txt",
            "--lang",
            "en",
            "--against",
            other,
            "--against-lang",
            lang,
            "--json",
        ])
    };
    let facing = against("status.fr.txt", "fr").done().json();
    assert_eq!(facing["paragraphs"], 17);
    assert!(facing["alike"].as_u64().unwrap() > 450, "{facing}");
    let french = std::fs::read_to_string(home.path().join("status.fr.txt")).unwrap();
    let slipped = french.replacen("comptait 176 parties", "comptait 167 parties", 1).replacen(
        "29 septembre 2003",
        "29 octobre 2003",
        1,
    );
    assert_ne!(slipped, french);
    home.file("slipped.txt", &slipped);
    let answer = against("slipped.txt", "fr");
    assert_eq!(answer.code, 1);
    let found = answer.json()["differences"].clone();
    insta::assert_json_snapshot!(found);
}

#[test]
fn what_a_check_found_is_shown_in_the_document_and_to_editors() {
    let home = Home::new();
    home.file("a.txt", "As at 24 May 2013, the Convention against Corruption had 166 parties.\n\nAs at 24 May 2013, the Convention against Corruption had 165 parties.\n\nIt met 12 times.\n");
    let check = |out: &str| home.call(&["report", "check", "a.txt", "--lang", "en", "--out", out]);
    assert_eq!(check("a.html").code, 1);
    let page = std::fs::read_to_string(home.path().join("a.html")).unwrap();
    for shown in [
        "<mark class=\"agrees\" tabindex",
        "<mark class=\"differs\" tabindex",
        "<mark class=\"unbound\" tabindex",
        "<ins>166</ins>",
    ] {
        assert_eq!(page.matches(shown).count(), 1, "{shown}\n{page}");
    }
    assert!(!page.contains("<script"));
    assert_eq!(check("a.sarif").code, 1);
    let sarif: Value =
        serde_json::from_str(&std::fs::read_to_string(home.path().join("a.sarif")).unwrap())
            .unwrap();
    let wrong: Vec<&Value> = sarif["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|result| result["level"] == "error")
        .collect();
    assert_eq!(wrong.len(), 1);
    let region = &wrong[0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startLine"], &region["startColumn"]), (&3.into(), &58.into()), "{region}");
    assert!(check("a.doc").refused().contains(".html or .sarif"));
}

#[test]
fn two_drafts_differ_by_figures_and_by_words() {
    let home = Home::new();
    let build = |period: &str, file: &str| {
        home.call(&[
            "report", "build", "status", "--lang", "en", "--period", period, "--out", file,
        ])
        .done();
    };
    build("2011-05-25..2012-05-24", "a.json");
    build("2012-05-25..2013-05-24", "b.json");
    let answer = home.call(&["report", "diff", "a.json", "b.json", "--json"]);
    assert_eq!(answer.code, 1);
    let compared = answer.json();
    let first = &compared["figures"][0];
    assert_eq!(first["measure"], "treaties.parties");
    assert_eq!(first["new"]["text"], "176");
    // As many came as the figure grew by, and each is named.
    let old: u64 = first["old"]["text"].as_str().unwrap().parse().unwrap();
    assert_eq!(first["added"].as_array().unwrap().len() as u64, 176 - old);
    // In words: the days that the text names, and what goes with one or with many.
    let pieces = compared["words"].as_array().unwrap().iter().flat_map(|change| {
        change["pieces"].as_array().unwrap().iter().filter(|piece| piece[0] != "kept")
    });
    let mut changed: Vec<String> =
        pieces.map(|piece| format!("{}: {}", piece[0], piece[1])).collect();
    changed.sort();
    changed.dedup();
    insta::assert_snapshot!(changed.join("\n"));
    home.call(&["report", "diff", "b.json", "b.json"]).done();
    let told = home.call(&["report", "diff", "b.json", home.file("c.json", "{}")]).refused();
    assert!(told.contains("expected the JSON of a report"), "{told}");
}
