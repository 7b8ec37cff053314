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
        let file = format!("status.{lang}.pdf");
        let call = [
            "report",
            "check",
            &file,
            "--lang",
            lang,
            "--period",
            "2012-05-25..2013-05-24",
            "--at",
            "2013-05-24",
            "--json",
        ];
        let checked = home.call(&call).done().json();
        assert!(
            checked["summary"]["agrees"].as_u64().unwrap() >= 10,
            "{lang} {}",
            checked["summary"]
        );
        assert_eq!(checked["summary"]["differs"], 0, "{lang}");
    }
}

#[test]
fn one_document_is_checked_alike_in_every_form() {
    let home = Home::new();
    for lang in ["en", "ru"] {
        let agree = |ending: &str| {
            let file = format!("status.{lang}.{ending}");
            build(&home, lang, &file);
            let call = [
                "report",
                "check",
                &file,
                "--lang",
                lang,
                "--period",
                "2012-05-25..2013-05-24",
                "--at",
                "2013-05-24",
                "--json",
            ];
            let checked = home.call(&call).done().json();
            assert_eq!(checked["summary"]["differs"], 0, "{file}");
            checked["summary"]["agrees"].as_u64().unwrap()
        };
        let text = agree("txt");
        assert!(text >= 15, "{lang} {text}");
        for ending in ["md", "html", "docx", "pdf"] {
            assert_eq!(agree(ending), text, "{lang} {ending}");
        }
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
    let cases: [(&str, Vec<u8>); 9] = [
        ("bomb.docx", zipped(&[("word/document.xml", &bomb)])),
        ("entities.docx", zipped(&[("word/document.xml", entities.as_bytes())])),
        ("sheet.docx", zipped(&[("xl/workbook.xml", b"<x/>")])),
        ("cut.docx", b"PK\x03\x04 cut short".to_vec()),
        ("locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec()),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<</Type/Cat".to_vec()),
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
