use chancery_model::{CodeList, Field, Register};

use super::*;

/// A programme with accounts that speak for an owner, things that belong to one, and papers.
fn programme(policies: &str) -> Programme {
    let field = |yaml: serde_json::Value| -> Field { serde_json::from_value(yaml).unwrap() };
    let text = |visibility: &str| field(json!({"type": "text", "visibility": visibility}));
    let link = |register: &str| {
        field(json!({"type": "link", "register": register, "visibility": "public"}))
    };
    let register = |fields: Vec<(&str, Field)>| {
        let label = serde_json::to_value(chancery_model::Text::default()).unwrap();
        let mut register: Register = serde_json::from_value(json!({
            "label": label, "help": label, "key": ["id"], "caption": "{id}", "fields": {},
        }))
        .unwrap();
        register.fields = fields.into_iter().map(|(name, own)| (name.to_owned(), own)).collect();
        register
    };
    let mut programme = Programme::default();
    let registers = [
        ("owner", vec![("id", text("public")), ("note", text("office"))]),
        ("thing", vec![("id", text("public")), ("of", link("owner")), ("note", text("states"))]),
        ("paper", vec![("id", text("office"))]),
        ("account", vec![("id", text("office")), ("speaks_for", link("owner"))]),
    ];
    for (name, fields) in registers {
        programme.registers.insert(name.to_owned(), register(fields));
        programme.pack_of.insert(name.to_owned(), "pack".to_owned());
    }
    let mut roles = CodeList::default();
    for (role, parent) in
        [("officer", None), ("grants_officer", Some("officer")), ("contact", None)]
    {
        let code = chancery_model::Code {
            label: Default::default(),
            aliases: vec![],
            parent: parent.map(str::to_owned),
            valid_from: None,
            valid_to: None,
        };
        roles.codes.insert(role.to_owned(), code);
    }
    programme.codelists.insert("role".to_owned(), roles);
    let pack =
        json!({"title": chancery_model::Text::default(), "help": chancery_model::Text::default()});
    programme.packs.insert("pack".to_owned(), serde_json::from_value(pack).unwrap());
    let file = "pack/policies/all.cedar".to_owned();
    programme.policies.push(PolicyFile { file, text: policies.to_owned() });
    programme
}

use serde_json::json;

const POLICIES: &str = r#"
@id("officers_see")
permit (principal in Role::"officer", action == Action::"see", resource)
when { ["states", "office"].contains(context.visibility) };

@id("contacts_see_their_own")
permit (principal in Role::"contact", action == Action::"see", resource)
when { context.visibility == "states" && principal has speaks_for && resource in principal.speaks_for };

@id("contacts_propose_their_own")
permit (principal in Role::"contact", action == Action::"propose", resource in Register::"thing")
when { principal has speaks_for && resource in principal.speaks_for };

@id("officers_approve")
permit (principal in Role::"officer", action == Action::"approve", resource in Pack::"pack")
unless { context.author == principal };
"#;

fn person(login: &str, role: &str, speaks_for: Option<&str>) -> Person {
    let links = speaks_for.map(|key| ("speaks_for".to_owned(), format!("owner/{key}")));
    Person {
        login: login.to_owned(),
        roles: vec![role.to_owned()],
        links: links.into_iter().collect(),
    }
}

fn thing(of: &str) -> Resource {
    let links = vec![format!("owner/{of}")];
    Resource { pack: None, register: "thing".to_owned(), key: Some("1".to_owned()), links }
}

#[test]
fn a_contact_proposes_for_its_own_and_for_no_other() {
    let (policies, problems) = Policies::read(&programme(POLICIES));
    assert!(problems.0.is_empty(), "{problems}");
    let contact = person("contact", "contact", Some("esp"));
    let own = policies.ruling(&contact, &Act::Propose, &thing("esp"));
    assert_eq!(own, Ruling { allowed: true, policies: vec!["contacts_propose_their_own".into()] });
    let refused = Ruling { allowed: false, policies: vec![] };
    assert_eq!(policies.ruling(&contact, &Act::Propose, &thing("fra")), refused);
    assert_eq!(policies.ruling(&contact, &Act::Record, &thing("esp")), refused);
    let of_nobody = person("contact", "contact", None);
    assert_eq!(policies.ruling(&of_nobody, &Act::Propose, &thing("esp")), refused);
    // A name with signs of the language is a name.
    let odd = person(r#"x" , Role::"officer"#, "contact\"", Some("esp\""));
    assert_eq!(policies.ruling(&odd, &Act::Propose, &thing("esp")), refused);
}

#[test]
fn nobody_approves_what_they_proposed() {
    let (policies, _) = Policies::read(&programme(POLICIES));
    let officer = person("officer", "grants_officer", None);
    let approve = |author: &str| {
        let act = Act::Approve { author: author.to_owned() };
        policies.ruling(&officer, &act, &thing("esp")).allowed
    };
    assert!(approve("contact"));
    assert!(!approve("officer"));
}

#[test]
fn sight_is_of_registers_and_of_own_records() {
    let (policies, _) = Policies::read(&programme(POLICIES));
    let officer = policies.sight(&person("officer", "grants_officer", None));
    assert_eq!(officer.of("paper"), Visibility::Office);
    assert_eq!(officer.of("thing"), Visibility::Office);
    assert!(officer.own("thing").is_empty());
    let contact = policies.sight(&person("contact", "contact", Some("esp")));
    assert_eq!(contact.of("thing"), Visibility::Public);
    let own =
        OwnSight { field: Some("of".to_owned()), key: "esp".to_owned(), sees: Visibility::States };
    assert_eq!(contact.own("thing"), std::slice::from_ref(&own));
    assert_eq!(contact.own("owner"), [OwnSight { field: None, ..own }]);
    assert!(contact.own("paper").is_empty());
    let body = chancery_model::Body::from([("of".to_owned(), json!("esp"))]);
    assert_eq!(contact.of_record("thing", "1", &body), Visibility::States);
    let body = chancery_model::Body::from([("of".to_owned(), json!("fra"))]);
    assert_eq!(contact.of_record("thing", "1", &body), Visibility::Public);
}

#[test]
fn every_mistake_of_a_policy_is_told_with_its_place() {
    let wrong = r#"
@id("one")
permit (principal in Role::"oficer", action == Action::"see", resource in Register::"things");

permit (principal, action == Action::"record", resource);

@id("one")
permit (principal, action == Action::"withdraw", resource);

@id("two")
permit (principal, action == Action::"record", resource) when { principal.email == "x" };
"#;
    let (_, problems) = Policies::read(&programme(wrong));
    let told: Vec<String> = problems.0.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"));
    let (_, problems) = Policies::read(&programme("\n\npermit (principal"));
    insta::assert_snapshot!(problems.to_string());
}
