//! Files as people send them, and as an attacker would.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::Write;
use std::path::{Path, PathBuf};

use chancery_exchange::{Cells, Row, open};
use zip::write::SimpleFileOptions;

/// Writes a workbook whose one sheet has these rows of cells, as XML.
fn workbook(folder: &Path, rows: &str) -> PathBuf {
    let parts = [
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#.to_owned(),
        ),
        (
            "_rels/.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="List" sheetId="1" r:id="r1"/></sheets></workbook>"#.to_owned(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#.to_owned(),
        ),
        (
            "xl/styles.xml",
            r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#.to_owned(),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
            ),
        ),
    ];
    let path = folder.join("list.xlsx");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, content) in parts {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    path
}

const HEAD: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="B1" t="inlineStr"><is><t> date </t></is></c><c r="C1" t="inlineStr"><is><t>count</t></is></c></row>"#;

fn texts(row: &Row) -> Vec<&str> {
    match &row.cells {
        Cells::Texts(texts) => texts.iter().map(String::as_str).collect(),
        Cells::Values(_) => panic!("cells of a sheet are texts"),
    }
}

#[test]
fn cells_come_as_a_person_sees_them() {
    let folder = tempfile::tempdir().unwrap();
    let rows = format!(
        r#"{HEAD}<row r="2"><c r="A2" t="inlineStr"><is><t>Côte d’Ivoire</t></is></c><c r="B2" s="1"><v>41418</v></c><c r="C2"><v>176</v></c></row><row r="4"><c r="A4" t="b"><v>1</v></c><c r="C4"><f>SUM(C2:C2)</f><v>0.5</v></c></row>"#
    );
    let table = open(&workbook(folder.path(), &rows), None, |_| {}).unwrap();
    assert_eq!(table.columns.unwrap(), ["name", "date", "count"]);
    let rows: Vec<Row> = table.rows.collect::<Result<_, _>>().unwrap();
    assert_eq!((rows[0].line, texts(&rows[0])), (2, vec!["Côte d’Ivoire", "2013-05-24", "176"]));
    assert_eq!(
        (rows[1].line, texts(&rows[1])),
        (4, vec!["true", "", "0.5"]),
        "an empty row is passed over"
    );
}

#[test]
fn an_error_value_is_told_in_its_place_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let rows = format!(
        r##"{HEAD}<row r="2"><c r="A2" t="e"><v>#REF!</v></c></row><row r="3"><c r="A3"><v>1</v></c></row>"##
    );
    let table = open(&workbook(folder.path(), &rows), None, |_| {}).unwrap();
    let rows: Vec<_> = table.rows.collect();
    let told = rows[0].as_ref().unwrap_err();
    assert_eq!((told.place.line, told.place.field.as_str()), (2, "name"));
    assert!(told.found.contains("#REF!"), "{told}");
    assert!(rows[1].is_ok());
}

#[test]
fn a_sheet_that_is_not_there_is_told_with_those_that_are() {
    let folder = tempfile::tempdir().unwrap();
    let told =
        open(&workbook(folder.path(), HEAD), Some("Lost"), |_| {}).err().unwrap().to_string();
    assert!(told.contains("did you mean `List`?"), "{told}");
}

#[test]
fn a_workbook_cut_anywhere_is_refused_and_nothing_panics() {
    let folder = tempfile::tempdir().unwrap();
    let rows = format!(r#"{HEAD}<row r="2"><c r="A2"><v>1</v></c></row>"#);
    let whole = std::fs::read(workbook(folder.path(), &rows)).unwrap();
    let cut = folder.path().join("cut.xlsx");
    for length in (0..whole.len()).step_by(37) {
        std::fs::write(&cut, &whole[..length]).unwrap();
        assert!(open(&cut, None, |_| {}).is_err(), "cut at {length}");
    }
}

#[test]
fn an_archive_that_unpacks_to_far_more_than_it_is_is_refused_unopened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.xlsx");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    archive.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    for _ in 0..64 {
        archive.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    archive.finish().unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() < 1 << 20);
    let told = open(&path, None, |_| {}).err().unwrap().to_string();
    assert!(told.contains("unpacks to 64 MiB"), "{told}");
}

#[test]
fn separators_and_quotes_are_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    for text in [
        "a;b\n\"1;\n2\";3\n",
        "a,b\n\"1;\n2\",3\n",
        "a\tb\n\"1;\n2\"\t3\n",
        "\u{feff}a,b\r\n\"1;\n2\",3\r\n",
    ] {
        std::fs::write(&path, text).unwrap();
        let table = open(&path, None, |_| {}).unwrap();
        assert_eq!(table.columns.unwrap(), ["a", "b"], "{text}");
        let rows: Vec<Row> = table.rows.collect::<Result<_, _>>().unwrap();
        assert_eq!(texts(&rows[0]), ["1;\n2", "3"], "{text}");
    }
}

#[test]
fn json_lines_keep_their_types_and_bad_lines_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.jsonl");
    std::fs::write(&path, "{\"a\": 1}\n\n[1]\n{\"a\": \"x\"\n{\"a\": [\"y\"]}").unwrap();
    let rows: Vec<_> = open(&path, None, |_| {}).unwrap().rows.collect();
    let lines: Vec<_> = rows
        .iter()
        .map(|row| row.as_ref().map_or_else(|told| told.place.line, |row| row.line))
        .collect();
    assert_eq!(lines, [1, 3, 4, 5]);
    assert_eq!(rows.iter().filter(|row| row.is_err()).count(), 2);
}

#[test]
fn a_cell_far_out_takes_no_room_and_one_that_no_sheet_has_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let far = format!(r#"{HEAD}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#);
    let rows: Vec<_> = open(&workbook(folder.path(), &far), None, |_| {}).unwrap().rows.collect();
    assert_eq!(rows.len(), 1);
    for place in ["ZZZZZZZ99999999999", "XFE1", "A1048577"] {
        let beyond = format!(r#"{HEAD}<row r="2"><c r="{place}"><v>1</v></c></row>"#);
        assert!(open(&workbook(folder.path(), &beyond), None, |_| {}).is_err(), "{place}");
    }
}

#[test]
fn days_that_no_calendar_of_a_sheet_has_are_told() {
    let folder = tempfile::tempdir().unwrap();
    for serial in ["3000000", "1e300", "-1", "0.5"] {
        let rows = format!(r#"{HEAD}<row r="2"><c r="B2" s="1"><v>{serial}</v></c></row>"#);
        let mut rows = open(&workbook(folder.path(), &rows), None, |_| {}).unwrap().rows;
        assert!(rows.next().unwrap().is_err(), "{serial}");
    }
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    for end in ["\n", "\r\n", "\r"] {
        for last in ["", end] {
            let lines = ["a,b", "1,2", "", "\"x", "y\",3", "4,5"];
            std::fs::write(&path, format!("{}{last}", lines.join(end))).unwrap();
            let rows = open(&path, None, |_| {}).unwrap().rows;
            let found: Vec<usize> = rows.map(|row| row.unwrap().line).collect();
            assert_eq!(found, [2, 4, 6], "{end:?} {last:?}");
        }
    }
}

#[test]
fn a_column_that_stands_twice_or_without_a_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    std::fs::write(&path, "a,b,,a\n1,2,3,4\n").unwrap();
    let told = open(&path, None, |_| {}).err().unwrap().to_string();
    assert!(
        told.contains("the column `a` twice") && told.contains("column 3 without a name"),
        "{told}"
    );
}
