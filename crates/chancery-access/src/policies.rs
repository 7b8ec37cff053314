//! Rights, as Cedar policies that the packs hold.

use std::collections::{BTreeMap, HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy,
    PolicyId, PolicySet, Request, RestrictedExpression, Schema, ValidationMode, Validator,
};
use chancery_model::{
    Diagnostic, Diagnostics, FieldType, OwnSight, Place, PolicyFile, Programme, Sight, Visibility,
    access,
};
use miette::Diagnostic as _;

/// Somebody with an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub login: String,
    pub roles: Vec<String>,
    /// The records to which the account links, as `register/key`, by field.
    pub links: BTreeMap<String, String>,
}

/// What somebody wants to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// See fields of this visibility.
    See(Visibility),
    /// Ask for a version of a record, for others to approve.
    Propose,
    /// Record a version of a record.
    Record,
    Withdraw,
    /// Approve what the person with this login proposes.
    Approve {
        author: String,
    },
    /// Invite people, end their sessions, change their roles.
    Administer,
    /// Write the reports of a pack.
    Edit,
}

impl Act {
    pub const NAMES: [&'static str; 7] =
        ["see", "propose", "record", "withdraw", "approve", "administer", "edit"];

    pub fn name(&self) -> &'static str {
        match self {
            Self::See(_) => "see",
            Self::Propose => "propose",
            Self::Record => "record",
            Self::Withdraw => "withdraw",
            Self::Approve { .. } => "approve",
            Self::Administer => "administer",
            Self::Edit => "edit",
        }
    }
}

/// On what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// A pack, for what belongs to no register.
    pub pack: Option<String>,
    pub register: String,
    /// None for the register as a whole.
    pub key: Option<String>,
    /// The records to which it links, as `register/key`.
    pub links: Vec<String>,
}

/// What was ruled, and by which policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    pub allowed: bool,
    /// Names of the policies that allowed it, or that forbade it. A refusal without one means that
    /// nothing allows it.
    pub policies: Vec<String>,
}

/// The policies of all packs.
pub struct Policies {
    set: PolicySet,
    authorizer: Authorizer,
    types: Types,
    /// Roles, packs and registers.
    fixed: Vec<Entity>,
    /// Of each register the links to registers to which accounts link, and what they are called there.
    owned: BTreeMap<String, Vec<(String, String)>>,
    /// Registers with their links: field and target.
    links: BTreeMap<String, Vec<(String, String)>>,
    /// Where each policy stands.
    places: BTreeMap<String, Place>,
}

/// Names of types, read once.
struct Types {
    account: EntityTypeName,
    role: EntityTypeName,
    pack: EntityTypeName,
    register: EntityTypeName,
    record: EntityTypeName,
    action: EntityTypeName,
}

impl Types {
    #[expect(clippy::expect_used, reason = "each is a plain name")]
    fn new() -> Self {
        let name = |name: &str| name.parse().expect("a type's name is valid");
        Self {
            account: name("Account"),
            role: name("Role"),
            pack: name("Pack"),
            register: name("Register"),
            record: name("Record"),
            action: name("Action"),
        }
    }

    fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
    }
}

const LEVELS: [Visibility; 4] =
    [Visibility::Public, Visibility::States, Visibility::Office, Visibility::Restricted];

/// How a policy speaks of a visibility.
fn level(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::States => "states",
        Visibility::Office => "office",
        Visibility::Restricted => "restricted",
    }
}

impl Policies {
    /// Reads the policies of a programme. Every problem is found; those that can be read hold.
    pub fn read(programme: &Programme) -> (Self, Diagnostics) {
        let mut problems = Diagnostics::default();
        let mut set = PolicySet::new();
        let mut places = BTreeMap::new();
        for file in &programme.policies {
            read_file(file, &mut set, &mut places, &mut problems);
        }
        let links = links(programme);
        let accounts = links.get(access::ACCOUNT).cloned().unwrap_or_default();
        match Schema::from_cedarschema_str(&schema(&accounts)) {
            Ok((schema, _)) => {
                let found = Validator::new(schema).validate(&set, ValidationMode::Strict);
                for error in found.validation_errors() {
                    let place = places.get(&error.policy_id().to_string()).cloned();
                    problems.push(Diagnostic::error(
                        place.unwrap_or_default(),
                        without_name(&error.to_string()),
                    ));
                }
            }
            Err(error) => problems.push(Diagnostic::error(Place::default(), error.to_string())),
        }
        let types = Types::new();
        unknown_names(programme, &set, &types, &places, &mut problems);
        let owned = links.iter().map(|(register, own)| {
            let shared = own.iter().filter_map(|(field, target)| {
                let account = accounts.iter().find(|(_, linked)| linked == target)?;
                Some((field.clone(), account.0.clone()))
            });
            (register.clone(), shared.collect())
        });
        let policies = Self {
            owned: owned.collect(),
            fixed: fixed(programme, &types),
            set,
            authorizer: Authorizer::new(),
            types,
            links,
            places,
        };
        (policies, problems)
    }

    /// Whether somebody may do something, and why.
    pub fn ruling(&self, person: &Person, act: &Act, resource: &Resource) -> Ruling {
        let refused = Ruling { allowed: false, policies: vec![] };
        if *act == Act::See(Visibility::Public) {
            // What is public is so for everyone, as the register says.
            return Ruling { allowed: true, policies: vec![] };
        }
        let context = match act {
            Act::See(visibility) => {
                let level = RestrictedExpression::new_string(level(*visibility).to_owned());
                Context::from_pairs([("visibility".to_owned(), level)])
            }
            Act::Approve { author } => {
                let author = Types::uid(&self.types.account, author);
                let author = RestrictedExpression::new_entity_uid(author);
                Context::from_pairs([("author".to_owned(), author)])
            }
            _ => Ok(Context::empty()),
        };
        let (Ok(context), Some((entities, principal, resource))) =
            (context, self.entities(person, resource))
        else {
            return refused;
        };
        let action = Types::uid(&self.types.action, act.name());
        let Ok(request) = Request::new(principal, action, resource, context, None) else {
            return refused;
        };
        let response = self.authorizer.is_authorized(&request, &self.set, &entities);
        let policies = response.diagnostics().reason().map(ToString::to_string);
        let mut policies: Vec<String> = policies.collect();
        policies.sort();
        Ruling { allowed: response.decision() == Decision::Allow, policies }
    }

    /// How much somebody sees of each register.
    pub fn sight(&self, person: &Person) -> Sight {
        let mut sight = Sight::everywhere(Visibility::Public);
        for register in self.links.keys() {
            let whole = Resource { register: register.clone(), ..Resource::default() };
            let all = self.highest(person, &whole);
            // More may be seen of the records that speak of what the account speaks for.
            let own = self.own(person, register).into_iter().map(|own| {
                let resource = own.resource(register);
                (own, self.highest(person, &resource))
            });
            let own: Vec<_> = own
                .filter(|(_, sees)| *sees > all)
                .map(|(own, sees)| OwnSight { field: own.field, key: own.key, sees })
                .collect();
            sight.set(register, all, own);
        }
        sight
    }

    /// The records of a register that speak of what an account speaks for: those with this value in
    /// this field, or with this key where there is no field.
    pub fn own(&self, person: &Person, register: &str) -> Vec<Own> {
        let shared = self.owned.get(register).into_iter().flatten();
        let shared = shared.filter_map(|(field, account)| {
            let (_, key) = chancery_model::entry::split_record_id(person.links.get(account)?)?;
            let link = person.links.get(account)?.clone();
            Some(Own { field: Some(field.clone()), key: key.to_owned(), link })
        });
        let itself = person.links.values().filter_map(|id| {
            let (linked, key) = chancery_model::entry::split_record_id(id)?;
            let link = id.clone();
            (linked == register).then(|| Own { field: None, key: key.to_owned(), link })
        });
        shared.chain(itself).collect()
    }

    /// The links of a body, as `register/key`.
    pub fn links_of(&self, register: &str, body: &chancery_model::Body) -> Vec<String> {
        let links = self.links.get(register).into_iter().flatten();
        links
            .flat_map(|(field, target)| {
                let keys = body.get(field).map(chancery_model::value::texts).unwrap_or_default();
                keys.into_iter().map(move |key| format!("{target}/{key}"))
            })
            .collect()
    }

    /// Whether a policy that speaks of a role asks for an attribute of accounts.
    pub fn asks(&self, role: &str, attribute: &str) -> bool {
        let role = Types::uid(&self.types.role, role);
        self.set.policies().any(|policy| {
            policy.entity_literals().contains(&role)
                && policy.to_string().contains(&format!("principal.{attribute}"))
        })
    }

    /// Where a policy stands.
    pub fn place(&self, policy: &str) -> Option<&Place> {
        self.places.get(policy)
    }

    fn highest(&self, person: &Person, resource: &Resource) -> Visibility {
        let seen = LEVELS.into_iter().rev();
        let mut seen =
            seen.filter(|level| self.ruling(person, &Act::See(*level), resource).allowed);
        seen.next().unwrap_or(Visibility::Public)
    }

    fn entities(
        &self,
        person: &Person,
        resource: &Resource,
    ) -> Option<(Entities, EntityUid, EntityUid)> {
        let types = &self.types;
        let mut all = self.fixed.clone();
        let principal = Types::uid(&types.account, &person.login);
        let roles: HashSet<EntityUid> =
            person.roles.iter().map(|role| Types::uid(&types.role, role)).collect();
        let attributes: HashMap<String, RestrictedExpression> = person
            .links
            .iter()
            .map(|(field, id)| {
                let record = Types::uid(&types.record, id);
                (field.clone(), RestrictedExpression::new_entity_uid(record))
            })
            .collect();
        all.push(Entity::new(principal.clone(), attributes, roles).ok()?);
        let register = Types::uid(&types.register, &resource.register);
        let asked = match (&resource.pack, &resource.key) {
            (Some(pack), _) => Types::uid(&types.pack, pack),
            (None, None) => register,
            (None, Some(key)) => {
                let record = Types::uid(&types.record, &format!("{}/{key}", resource.register));
                let linked = resource.links.iter().map(|id| Types::uid(&types.record, id));
                let linked = linked.filter(|linked| *linked != record);
                let parents: HashSet<EntityUid> = linked.chain([register]).collect();
                all.push(Entity::new_no_attrs(record.clone(), parents));
                record
            }
        };
        Some((Entities::from_entities(all, None).ok()?, principal, asked))
    }
}

/// The records of a register that speak of what an account speaks for: those that link to it by a
/// field, or the record itself where there is no field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    pub field: Option<String>,
    pub key: String,
    /// To what the account links, as `register/key`.
    link: String,
}

impl Own {
    /// Such a record, whatever else it says.
    pub fn resource(&self, register: &str) -> Resource {
        // No key ends in a slash, so that it is no record of another.
        let key = self.field.as_ref().map_or_else(|| self.key.clone(), |_| "/".to_owned());
        let links = vec![self.link.clone()];
        Resource { pack: None, register: register.to_owned(), key: Some(key), links }
    }
}

/// The links of each register: field and target.
fn links(programme: &Programme) -> BTreeMap<String, Vec<(String, String)>> {
    let links = programme.registers.iter().map(|(name, register)| {
        let fields = register.fields.iter();
        let links = fields.filter(|(_, field)| field.kind == FieldType::Link);
        let links = links.filter_map(|(field, link)| Some((field.clone(), link.register.clone()?)));
        (name.clone(), links.collect())
    });
    links.collect()
}

/// What policies may speak of. An account has an attribute for each of its links.
fn schema(accounts: &[(String, String)]) -> String {
    let links: Vec<String> =
        accounts.iter().map(|(field, _)| format!("{field}?: Record")).collect();
    format!(
        "entity Role in [Role];
        entity Pack;
        entity Register in [Pack];
        entity Record in [Register, Record];
        entity Account in [Role] {{ {} }};
        action see appliesTo {{
            principal: [Account], resource: [Register, Record], context: {{ visibility: String }}
        }};
        action propose, record, withdraw appliesTo {{
            principal: [Account], resource: [Register, Record]
        }};
        action approve appliesTo {{
            principal: [Account], resource: [Register, Record], context: {{ author: Account }}
        }};
        action administer appliesTo {{ principal: [Account], resource: [Register] }};
        action edit appliesTo {{ principal: [Account], resource: [Pack] }};",
        links.join(", ")
    )
}

/// Roles with those that they include, packs, and registers in them.
fn fixed(programme: &Programme, types: &Types) -> Vec<Entity> {
    let mut entities = Vec::new();
    for (role, code) in programme.codelists.get(access::ROLES).into_iter().flat_map(|l| &l.codes) {
        let parents = code.parent.iter().map(|parent| Types::uid(&types.role, parent)).collect();
        entities.push(Entity::new_no_attrs(Types::uid(&types.role, role), parents));
    }
    for pack in programme.packs.keys() {
        entities.push(Entity::new_no_attrs(Types::uid(&types.pack, pack), HashSet::new()));
    }
    for register in programme.registers.keys() {
        let pack = programme.pack_of.get(register).map(|pack| Types::uid(&types.pack, pack));
        let register = Types::uid(&types.register, register);
        entities.push(Entity::new_no_attrs(register, pack.into_iter().collect()));
    }
    entities
}

/// Adds the policies of a file, each under the name that it gives itself.
fn read_file(
    file: &PolicyFile,
    set: &mut PolicySet,
    places: &mut BTreeMap<String, Place>,
    problems: &mut Diagnostics,
) {
    let read: PolicySet = match file.text.parse() {
        Ok(read) => read,
        Err(error) => {
            let error: cedar_policy::ParseErrors = error;
            for error in error.iter() {
                let label = error.labels().and_then(|mut labels| labels.next());
                let at = label.map_or(0, |label| label.offset()).min(file.text.len());
                let before = file.text.as_bytes()[..at].iter();
                let line = before.filter(|byte| **byte == b'\n').count() + 1;
                let place = Place::line(&file.file, line);
                problems.push(Diagnostic::error(place, error.to_string()));
            }
            return;
        }
    };
    // They are numbered as they stand.
    let mut policies: Vec<&Policy> = read.policies().collect();
    policies.sort_by_key(|policy| {
        let number = policy.id().to_string();
        number.trim_start_matches("policy").parse::<usize>().unwrap_or_default()
    });
    let mut from = 0;
    for policy in policies {
        let text = policy.to_string();
        let first = text.lines().next().unwrap_or_default();
        let at = file.text[from..].find(first).map_or(from, |at| from + at);
        from = (at + first.len()).min(file.text.len());
        let place = Place::line(&file.file, file.text[..at].matches('\n').count() + 1);
        let Some(name) = policy.annotation("id").filter(|name| !name.is_empty()) else {
            problems.push(
                Diagnostic::error(place, "a policy without a name")
                    .expected("@id(\"…\") before it, by which people are told of it"),
            );
            continue;
        };
        if let Some(first) = places.get(name) {
            let found = format!("the policy `{name}` a second time");
            problems.push(
                Diagnostic::error(place, found)
                    .expected(format!("another name; the first stands at {first}")),
            );
            continue;
        }
        places.insert(name.to_owned(), place.clone());
        if let Err(error) = set.add(policy.new_id(PolicyId::new(name))) {
            problems.push(Diagnostic::error(place, error.to_string()));
        }
    }
}

/// Names of roles, packs and registers that no pack declares.
fn unknown_names(
    programme: &Programme,
    set: &PolicySet,
    types: &Types,
    places: &BTreeMap<String, Place>,
    problems: &mut Diagnostics,
) {
    let roles = programme.codelists.get(access::ROLES);
    let roles: Vec<&str> =
        roles.into_iter().flat_map(|l| l.codes.keys()).map(String::as_str).collect();
    let packs: Vec<&str> = programme.packs.keys().map(String::as_str).collect();
    let registers: Vec<&str> = programme.registers.keys().map(String::as_str).collect();
    for policy in set.policies() {
        for named in policy.entity_literals() {
            let known = match named.type_name() {
                kind if *kind == types.role => &roles,
                kind if *kind == types.pack => &packs,
                kind if *kind == types.register => &registers,
                _ => continue,
            };
            let id = named.id().unescaped();
            if !known.contains(&id) {
                let place = places.get(&policy.id().to_string()).cloned().unwrap_or_default();
                problems.push(
                    Diagnostic::error(place, format!("`{named}`, which no pack declares"))
                        .suggest(id, known.iter().copied()),
                );
            }
        }
    }
}

/// A message of the validator without the name of the policy, which the place tells.
fn without_name(message: &str) -> String {
    message
        .split_once(", ")
        .filter(|(head, _)| head.starts_with("for policy"))
        .map_or_else(|| message.to_owned(), |(_, rest)| rest.to_owned())
}

#[cfg(test)]
#[path = "policies_tests.rs"]
mod tests;
