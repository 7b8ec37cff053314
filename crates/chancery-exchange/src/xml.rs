//! The XML of standards, as the formats of packs describe it: written record by record, read
//! element by element, so that a file may be longer than memory.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use chancery_model::{Diagnostic, Place};
use quick_xml::events::{BytesDecl, BytesEnd, BytesRef, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};

/// No element of one record may be longer, in bytes, or lie deeper.
const ELEMENT_LIMIT: usize = 64 << 20;
const DEPTH_LIMIT: usize = 64;

/// An element with all that is in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) children: Vec<Node>,
    /// Where it begins in its file, counted from 1.
    pub(crate) line: usize,
}

impl Node {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Writes a file of one root element.
pub(crate) struct Document<W: Write> {
    writer: Writer<W>,
    root: String,
}

impl<W: Write> Document<W> {
    pub(crate) fn begin(
        out: W,
        root: &str,
        attributes: &[(String, String)],
        note: Option<&str>,
    ) -> std::io::Result<Self> {
        let mut writer = Writer::new_with_indent(out, b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        if let Some(note) = note {
            // Two hyphens would end a comment.
            let note = format!(" {} ", note.replace("--", "–"));
            writer.write_event(Event::Comment(BytesText::from_escaped(note)))?;
        }
        let mut start = BytesStart::new(root);
        for (name, value) in attributes {
            start.push_attribute((name.as_str(), value.as_str()));
        }
        writer.write_event(Event::Start(start))?;
        Ok(Self { writer, root: root.to_owned() })
    }

    pub(crate) fn node(&mut self, node: &Node) -> std::io::Result<()> {
        let mut start = BytesStart::new(node.name.as_str());
        for (name, value) in &node.attributes {
            start.push_attribute((name.as_str(), value.as_str()));
        }
        if node.text.is_empty() && node.children.is_empty() {
            return self.writer.write_event(Event::Empty(start));
        }
        self.writer.write_event(Event::Start(start))?;
        if !node.text.is_empty() {
            self.writer.write_event(Event::Text(BytesText::new(&node.text)))?;
        }
        for child in &node.children {
            self.node(child)?;
        }
        self.writer.write_event(Event::End(BytesEnd::new(node.name.as_str())))
    }

    pub(crate) fn end(mut self) -> std::io::Result<W> {
        self.writer.write_event(Event::End(BytesEnd::new(self.root)))?;
        let mut out = self.writer.into_inner();
        out.write_all(b"\n")?;
        out.flush()?;
        Ok(out)
    }
}

/// The elements of one name below the root, one after the other.
pub(crate) struct Elements<R> {
    file: String,
    root: String,
    name: String,
    reader: Reader<R>,
    line: usize,
    depth: usize,
    ended: bool,
}

impl<R: BufRead> Elements<R> {
    pub(crate) fn new(file: &str, source: R, root: &str, name: &str) -> Self {
        let mut reader = Reader::from_reader(source);
        reader.config_mut().expand_empty_elements = true;
        Self {
            file: file.to_owned(),
            root: root.to_owned(),
            name: name.to_owned(),
            reader,
            line: 1,
            depth: 0,
            ended: false,
        }
    }

    fn wrong(&self, found: impl Into<String>) -> Diagnostic {
        Diagnostic::error(Place::line(&self.file, self.line), found)
            .expected(format!("well-formed XML with `{}` in `{}`", self.name, self.root))
    }

    fn start(&self, start: &BytesStart<'_>) -> Result<Node, Diagnostic> {
        let mut node =
            Node { name: start.name().as_ref().to_owned(), line: self.line, ..Node::default() };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.wrong(error.to_string()))?;
            let value = unescape(&attribute.value)
                .ok_or_else(|| self.wrong("an entity that XML does not have"))?;
            node.attributes.push((attribute.key.as_ref().to_owned(), value));
        }
        Ok(node)
    }

    fn read(&mut self) -> Result<Option<Node>, Diagnostic> {
        let mut buffer = Vec::new();
        // The elements that are open, from the one that is looked for.
        let mut open: Vec<Node> = Vec::new();
        let mut bytes = 0;
        loop {
            buffer.clear();
            let event = match self.reader.read_event_into(&mut buffer) {
                Ok(event) => event.into_owned(),
                Err(error) => return Err(self.wrong(error.to_string())),
            };
            let size = event.len();
            let lines = event.matches('\n').count();
            if !open.is_empty() {
                bytes += size;
                if bytes > ELEMENT_LIMIT {
                    return Err(
                        self.wrong(format!("more than {} MiB in one element", ELEMENT_LIMIT >> 20))
                    );
                }
            }
            match event {
                Event::Eof if self.depth == 0 => return Ok(None),
                Event::Eof => return Err(self.wrong("the end of the file before its elements end")),
                Event::DocType(_) => {
                    return Err(self
                        .wrong("a document type, which could name other files")
                        .hint("delete the line that begins with `<!DOCTYPE`"));
                }
                Event::Start(start) => {
                    let node = self.start(&start)?;
                    if self.depth == 0 && node.name != self.root {
                        return Err(self.wrong(format!("the element `{}` around all", node.name)));
                    }
                    self.depth += 1;
                    if self.depth > DEPTH_LIMIT {
                        return Err(self.wrong(format!("elements more than {DEPTH_LIMIT} deep")));
                    }
                    if !open.is_empty() || self.depth == 2 && node.name == self.name {
                        open.push(node);
                    }
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    if let Some(mut node) = open.pop() {
                        node.text = node.text.trim().to_owned();
                        match open.last_mut() {
                            Some(around) => around.children.push(node),
                            None => {
                                self.line += lines;
                                return Ok(Some(node));
                            }
                        }
                    }
                }
                Event::Text(text) => {
                    if let Some(node) = open.last_mut() {
                        node.text.push_str(&text.xml10_content());
                    }
                }
                Event::CData(text) => {
                    if let Some(node) = open.last_mut() {
                        node.text.push_str(&text.xml10_content());
                    }
                }
                Event::GeneralRef(reference) => {
                    let c = resolve(&reference)
                        .ok_or_else(|| self.wrong("an entity that XML does not have"))?;
                    if let Some(node) = open.last_mut() {
                        node.text.push(c);
                    }
                }
                _ => {}
            }
            self.line += lines;
        }
    }
}

impl<R: BufRead> Iterator for Elements<R> {
    type Item = Result<Node, Diagnostic>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.read().transpose();
        self.ended = !matches!(read, Some(Ok(_)));
        read
    }
}

/// The character that a reference means; only those that XML itself has.
fn resolve(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Some(c);
    }
    named(reference)
}

fn named(name: &str) -> Option<char> {
    BTreeMap::from([("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')])
        .get(name)
        .copied()
}

fn unescape(text: &str) -> Option<String> {
    quick_xml::escape::unescape(text).ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Node>, Diagnostic> {
        Elements::new("file.xml", text.as_bytes(), "list", "item").collect()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let item = Node {
            name: "item".into(),
            attributes: vec![("name".into(), "a < b & \"c\"".into())],
            text: String::new(),
            children: vec![Node {
                name: "text".into(),
                text: "x & y <z>".into(),
                line: 5,
                ..Node::default()
            }],
            line: 4,
        };
        let mut document = Document::begin(Vec::new(), "list", &[], Some("a--b")).unwrap();
        document.node(&item).unwrap();
        document.node(&item).unwrap();
        let text = String::from_utf8(document.end().unwrap()).unwrap();
        let read = read(&text).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0], item);
    }

    #[test]
    fn hostile_xml_is_refused_with_its_line() {
        for (text, found) in [
            ("<list>\n<item>", "the end of the file before its elements end"),
            (
                "<!DOCTYPE list [<!ENTITY a \"b\">]>\n<list/>",
                "a document type, which could name other files",
            ),
            ("<list><item>&a;</item></list>", "an entity that XML does not have"),
            ("<other/>", "the element `other` around all"),
        ] {
            assert_eq!(read(text).unwrap_err().found, found, "{text}");
        }
        assert!(read("<list><item></list>").is_err());
        let deep = format!("<list><item>{}", "<a>".repeat(100));
        assert!(read(&deep).unwrap_err().found.contains("deep"));
    }
}
