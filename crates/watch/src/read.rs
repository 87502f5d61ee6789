//! From an entry of the journal to what the rules see.
use crate::world::{Cases, Family, Officer, World};
use crate::{Case, Ended, Kin, Number, Seen, Service, Who};
use dancu_catalogue::Code;
use dancu_citizen::Field;
use dancu_journal::{Answered, Call, Entry, Kind, Outcome};
use dancu_keys::KeyRing;
use dancu_policy::{Id, Role};
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

/// Reads entries; what the world says is asked once a batch.
pub(crate) struct Reader {
    pub(crate) ring: KeyRing,
    pub(crate) world: Arc<dyn World>,
    pub(crate) cases: Arc<dyn Cases>,
}

/// What was asked of the world for one batch.
#[derive(Default)]
pub(crate) struct Asked {
    ids: HashSet<Id>,
    officers: HashMap<Id, Option<(Officer, Option<Family>)>>,
    families: HashMap<String, Option<Family>>,
}

impl Reader {
    /// None of entries that no system made: they concern no account.
    pub(crate) fn seen(&self, entry: &Entry, asked: &mut Asked) -> Option<Seen> {
        let call = &entry.call;
        if entry.kind != Kind::Call {
            return None;
        }
        let service = service(call);
        // Staff look at doubtful rows: they have no system, but their organisation.
        let organisation = || call.organisation.as_deref().unwrap_or(MANAGING);
        let staffs = (service == Service::StockLook).then(organisation);
        let who = Who {
            organisation: call.organisation.as_deref().map(|id| asked.id(id)),
            system: asked.id(call.system_id.as_deref().or(staffs)?),
            account: call.account_id.as_deref().map(|id| asked.id(id)),
        };
        let ended = ended(call.outcome);
        let shows = matches!(service, Service::LookUp | Service::Search) && ended.is_answered();
        let role = call.role.as_deref().and_then(Role::from_name);
        let of_person = shows && role != Some(Role::Platform);
        Some(Seen {
            entry: entry.index,
            at_us: call.at_us,
            kin: if of_person { self.kin(&who, call, asked) } else { Kin::default() },
            case: self.case(&who, call),
            role,
            service,
            ended,
            correlation: call.correlation,
            purpose: call.procedure.as_deref().map(|id| asked.id(id)),
            subject: call.subject,
            number: call.personal.subject.as_deref().and_then(Number::parse),
            page: call.form == "page",
            network: call.personal.source_address.as_deref().and_then(|address| self.network(address)),
            device: self.device(call),
            fields: call.released,
            who,
        })
    }

    /// Of a call from the pages, the workstation that its browser proved to stand at.
    fn device(&self, call: &Call) -> Option<[u8; 16]> {
        let shown = call.certificate.as_ref().filter(|_| call.form == "page")?;
        let id = self.world.workstation(shown)?;
        Some(self.ring.keyed_hash("watch.device", id.as_bytes()))
    }

    fn case(&self, who: &Who, call: &Call) -> Case {
        let given = call.personal.case_number.as_deref().map(str::trim).filter(|case| !case.is_empty());
        let Some(case) = given else { return Case::None };
        let hash = self.ring.keyed_hash("watch.case", format!("{}\0{case}", who.system).as_bytes());
        match self.cases.exists(who.organisation.as_deref(), &who.system, case) {
            None => Case::Unjudged(hash),
            Some(true) => Case::Exists(hash),
            Some(false) => Case::Unknown(hash),
        }
    }

    fn kin(&self, who: &Who, call: &Call, asked: &mut Asked) -> Kin {
        let (Some(account), Some(number)) = (&who.account, call.personal.subject.as_deref()) else {
            return Kin::default();
        };
        let officer = asked.officers.entry(account.clone()).or_insert_with(|| {
            let officer = self.world.officer(&who.system, account)?;
            let family = officer.number.as_deref().and_then(|number| self.world.family(number));
            Some((officer, family))
        });
        let Some((officer, own)) = officer else { return Kin::default() };
        let family =
            asked.families.entry(number.to_owned()).or_insert_with(|| self.world.family(number)).as_ref();
        let household = family.and_then(|family| family.household.as_ref());
        let same = household.is_some() && household == own.as_ref().and_then(|own| own.household.as_ref());
        Kin {
            own: same || officer.number.as_deref() == Some(number),
            surname: family.and_then(|family| family.surname.as_deref()).map(|name| self.surname(name)),
            officers: officer.surname.as_deref().map(|name| self.surname(name)),
        }
    }

    fn surname(&self, name: &str) -> u64 {
        let hash = self.ring.keyed_hash("watch.surname", name.trim().to_lowercase().as_bytes());
        hash.first_chunk::<8>().map_or(0, |head| u64::from_be_bytes(*head))
    }

    /// Colleagues at neighbouring desks come from one network.
    fn network(&self, address: &str) -> Option<[u8; 16]> {
        let network = match address.parse::<IpAddr>().ok()?.to_canonical() {
            IpAddr::V4(address) => address.octets().get(..3)?.to_vec(),
            IpAddr::V6(address) => address.octets().get(..8)?.to_vec(),
        };
        Some(self.ring.keyed_hash("watch.network", &network))
    }
}

impl Asked {
    /// One text for equal ids.
    fn id(&mut self, id: &str) -> Id {
        if let Some(known) = self.ids.get(id) {
            return Arc::clone(known);
        }
        let id = Id::from(id);
        self.ids.insert(Arc::clone(&id));
        id
    }
}

/// In the place of a system, for staff of the managing body.
const MANAGING: &str = "managing-body";

fn service(call: &Call) -> Service {
    match call.service.as_str() {
        "verify" => Service::Verify,
        "look_up" => Service::LookUp,
        "search" => Service::Search,
        "clean" if call.verdicts.iter().any(|(field, _)| *field == Field::PersonalId) => Service::StockNumber,
        "clean" => Service::Stock,
        // Others who are likely too are shown beside, and nobody asked for them.
        "clean_look" if !call.personal.request_id.as_deref().is_some_and(|id| id.ends_with(" other")) => {
            Service::StockLook
        }
        _ => Service::Other,
    }
}

fn ended(outcome: Outcome) -> Ended {
    match outcome {
        Outcome::Answered(Answered::Verified) => Ended::Verified,
        Outcome::Answered(Answered::Mismatch) => Ended::Mismatch,
        Outcome::Answered(Answered::NotFound) => Ended::NotFound,
        Outcome::Answered(Answered::NotUsable) => Ended::NotUsable,
        Outcome::Answered(Answered::Released) => Ended::Released,
        Outcome::Answered(_) => Ended::Served,
        Outcome::Refused(Code::AnswersPaused) => Ended::Paused,
        Outcome::Refused(Code::QuotaAccount) => Ended::AccountQuota,
        Outcome::Refused(Code::QuotaSystem) => Ended::SystemQuota,
        Outcome::Refused(_) => Ended::Refused,
    }
}
