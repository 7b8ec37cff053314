//! The text of a page: its blocks, without what is only furniture.

use scraper::node::Node;
use scraper::{ElementRef, Html};

use super::{PieceKind, Pieces, Source};

/// Elements whose text is no part of the document.
const LEFT_OUT: [&str; 12] = [
    "script", "style", "head", "nav", "aside", "template", "noscript", "svg", "button", "form",
    "iframe", "sup",
];
/// Elements that are a piece of their own.
const BLOCKS: [&str; 20] = [
    "p",
    "li",
    "dd",
    "dt",
    "caption",
    "figcaption",
    "div",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "blockquote",
    "pre",
    "body",
    "address",
    "summary",
    "details",
    "ul",
    "ol",
];

pub(super) fn read(text: &str) -> Source {
    let page = Html::parse_document(text);
    let mut pieces = Pieces::default();
    let mut pending = String::new();
    // The main part of a page where it has one: around it is what every page has.
    let main = scraper::Selector::parse("main").ok();
    let root =
        main.and_then(|main| page.select(&main).next()).unwrap_or_else(|| page.root_element());
    walk(root, PieceKind::Paragraph, &mut pieces, &mut pending);
    pieces.push(PieceKind::Paragraph, &pending);
    pieces.source
}

/// Walks without recursion over siblings only: how deep a page nests is bounded by its parser's
/// memory, not by our stack.
fn walk(root: ElementRef<'_>, kind: PieceKind, pieces: &mut Pieces, pending: &mut String) {
    enum Step<'a> {
        Enter(ego_tree::NodeRef<'a, Node>),
        Flush(PieceKind),
        Kind(PieceKind),
    }
    let mut current = kind;
    let mut steps: Vec<Step<'_>> = root.children().rev().map(Step::Enter).collect();
    while let Some(step) = steps.pop() {
        let node = match step {
            Step::Flush(kind) => {
                pieces.push(kind, pending);
                pending.clear();
                continue;
            }
            Step::Kind(kind) => {
                current = kind;
                continue;
            }
            Step::Enter(node) => node,
        };
        match node.value() {
            Node::Text(text) => pending.push_str(text),
            Node::Element(element) => {
                let name = element.name();
                if LEFT_OUT.contains(&name) || element.attr("hidden").is_some() {
                    continue;
                }
                if name == "table"
                    && let Some(table) = ElementRef::wrap(node)
                {
                    pieces.push(current, pending);
                    pending.clear();
                    pieces.push_table(&rows(table));
                    continue;
                }
                let heading = matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
                if name == "br" {
                    pending.push(' ');
                }
                if heading || BLOCKS.contains(&name) {
                    pieces.push(current, pending);
                    pending.clear();
                    let own = match name {
                        "section"
                            if element
                                .attr("class")
                                .is_some_and(|class| class.contains("notes")) =>
                        {
                            PieceKind::Note
                        }
                        _ if heading => PieceKind::Heading,
                        _ => current,
                    };
                    steps.push(Step::Kind(current));
                    steps.push(Step::Flush(own));
                    steps.extend(node.children().rev().map(Step::Enter));
                    current = own;
                } else {
                    steps.extend(node.children().rev().map(Step::Enter));
                }
            }
            _ => {}
        }
    }
}

/// The texts of a table's cells, row by row.
fn rows(table: ElementRef<'_>) -> Vec<Vec<String>> {
    let is = |node: &ego_tree::NodeRef<'_, Node>, names: &[&str]| {
        node.value().as_element().is_some_and(|element| names.contains(&element.name()))
    };
    let rows = table.descendants().filter(|node| is(node, &["tr"]));
    rows.map(|row| {
        let cells = row.children().filter(|node| is(node, &["td", "th"]));
        cells
            .map(|cell| {
                let texts = cell.descendants().filter(|node| {
                    let above = node.ancestors().take_while(|above| above.id() != cell.id());
                    above.into_iter().all(|above| !is(&above, &LEFT_OUT))
                });
                texts.filter_map(|node| Some(node.value().as_text()?.to_string())).collect()
            })
            .collect()
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_without_its_furniture() {
        let source = read(
            "<!doctype html><html><head><title>T</title></head><body><nav>Menu 7</nav>\
             <h2>I. Heading</h2><p>1. There were <a>176</a> parties.<sup>2</sup></p>\
             <table><tr><th>A</th><td>5</td></tr></table><script>var x = 9;</script></body></html>",
        );
        assert_eq!(source.text, "I. Heading\n\n1. There were 176 parties.\n\nA\n\n5");
    }

    #[test]
    fn depth_does_not_matter() {
        let deep = format!("<html>{}<p>3 parties", "<div>".repeat(50_000));
        assert_eq!(read(&deep).text, "3 parties");
    }
}
