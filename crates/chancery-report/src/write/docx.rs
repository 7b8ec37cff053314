//! A document for word processors: DOCX as ECMA-376 describes it, with styles, numbering that goes
//! on when somebody adds a paragraph, footnotes, and sections that run from right to left.

mod body;
mod parts;

use std::io::{Cursor, Write};

use chancery_model::{Diagnostic, Diagnostics, Place};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::document::{Block, Document};
use body::Body;

/// Writes a document as DOCX.
pub fn docx(document: &Document) -> Result<Vec<u8>, Diagnostics> {
    let body = Body::write(document);
    let mut files: Vec<(String, Vec<u8>)> = vec![
        ("[Content_Types].xml".to_owned(), parts::content_types().into_bytes()),
        ("_rels/.rels".to_owned(), parts::package_relations().into_bytes()),
        ("docProps/core.xml".to_owned(), parts::core(document).into_bytes()),
        ("docProps/app.xml".to_owned(), parts::application().into_bytes()),
        ("word/document.xml".to_owned(), body.document().into_bytes()),
        ("word/_rels/document.xml.rels".to_owned(), body.relations().into_bytes()),
        ("word/styles.xml".to_owned(), parts::styles(document).into_bytes()),
        ("word/numbering.xml".to_owned(), body.numbering().into_bytes()),
        ("word/footnotes.xml".to_owned(), body.notes.clone().into_bytes()),
        ("word/_rels/footnotes.xml.rels".to_owned(), body.relations().into_bytes()),
        ("word/settings.xml".to_owned(), parts::settings(document).into_bytes()),
    ];
    for (name, content) in parts::furniture(document) {
        files.push((format!("word/{name}"), content.into_bytes()));
    }
    for block in document.all_blocks() {
        if let Block::Chart(chart) = block {
            let name = format!("word/media/chart{}", chart.number);
            files.push((format!("{name}.png"), super::paper::picture(&chart.drawing)?));
            files.push((format!("{name}.svg"), chart.drawing.clone().into_bytes()));
        }
    }
    pack(files).map_err(|error| {
        Diagnostic::error(Place::default(), format!("a DOCX that cannot be packed: {error}")).into()
    })
}

fn pack(files: Vec<(String, Vec<u8>)>) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in files {
        archive.start_file(name, options)?;
        archive.write_all(&content)?;
    }
    Ok(archive.finish()?.into_inner())
}
