//! The matrix: which role may do what, to whose things. This file is the rule; `docs/duties.md` shows it.
use super::{Action, StaffRole};

/// One letter for each relation in which the role may: `o` a thing of its own organisation, `x` of another one, `n` of none,
/// `s` its own account or what it asked for itself. What is not written is not allowed.
pub(super) type Row = [&'static str; StaffRole::ALL.len()];

// Columns, in the order of `StaffRole::ALL`: registry officer, connection officer, security assessor, approver, supervisor,
// organisation manager, organisation security officer, officer, auditor. Rows in the order of `Action::ALL`.
#[rustfmt::skip]
pub(super) const MATRIX: [(Action, Row); Action::ALL.len()] = [
    (Action::ConnectionRead,       ["xs" , "xs" , "xs" , "xs" , "xs" , "os" , "os" , ""   , "x"]),
    (Action::ConnectionWrite,      [""   , ""   , ""   , ""   , ""   , "os" , "os" , ""   , ""]),
    (Action::ConnectionSubmit,     [""   , ""   , ""   , ""   , ""   , "os" , ""   , ""   , ""]),
    (Action::ConnectionWithdraw,   [""   , ""   , ""   , ""   , ""   , "os" , ""   , ""   , ""]),
    (Action::ConnectionReceive,    [""   , "x"  , ""   , ""   , ""   , ""   , ""   , ""   , ""]),
    (Action::ConnectionReturn,     [""   , "x"  , "x"  , "x"  , ""   , ""   , ""   , ""   , ""]),
    (Action::ConnectionTest,       [""   , ""   , ""   , ""   , ""   , "os" , "os" , ""   , ""]),
    (Action::ConnectionJudgeTest,  [""   , "x"  , ""   , ""   , ""   , ""   , ""   , ""   , ""]),
    (Action::ConnectionLevel,      [""   , ""   , ""   , ""   , ""   , ""   , "os" , ""   , ""]),
    (Action::ConnectionAssess,     [""   , ""   , "x"  , ""   , ""   , ""   , ""   , ""   , ""]),
    (Action::ConnectionExempt,     [""   , ""   , ""   , "x"  , ""   , ""   , ""   , ""   , ""]),
    (Action::ConnectionApprove,    [""   , ""   , ""   , "x"  , ""   , ""   , ""   , ""   , ""]),
    (Action::ConnectionRefuse,     [""   , ""   , ""   , "x"  , ""   , ""   , ""   , ""   , ""]),
    (Action::ConnectionCommit,     [""   , ""   , ""   , ""   , ""   , "os" , ""   , ""   , ""]),
    (Action::ConnectionConnect,    [""   , "x"  , ""   , ""   , ""   , ""   , ""   , ""   , ""]),
    (Action::ConnectionRedesign,   [""   , ""   , ""   , ""   , ""   , "os" , "os" , ""   , ""]),
    (Action::ConnectionSuspend,    [""   , "x"  , ""   , "x"  , "x"  , "os" , "os" , ""   , ""]),
    (Action::ConnectionResume,     [""   , ""   , ""   , "x"  , ""   , ""   , ""   , ""   , ""]),
    (Action::ConnectionDisconnect, [""   , ""   , ""   , "x"  , "x"  , ""   , ""   , ""   , ""]),
    (Action::ConnectionReconnect,  [""   , ""   , ""   , "x"  , ""   , ""   , ""   , ""   , ""]),
    (Action::ConnectionEvidence,   [""   , "x"  , ""   , "x"  , "x"  , ""   , ""   , ""   , "x"]),

    (Action::OrganisationRead,     ["xs" , "x"  , "x"  , "x"  , "x"  , "o"  , "o"  , "o"  , "x"]),
    (Action::OrganisationWrite,    ["x"  , ""   , ""   , ""   , ""   , ""   , ""   , ""   , ""]),
    (Action::OrganisationSuspend,  [""   , ""   , ""   , "x"  , "x"  , ""   , ""   , ""   , ""]),
    (Action::OrganisationResume,   [""   , ""   , ""   , "x"  , ""   , ""   , ""   , ""   , ""]),

    (Action::AccountRead,          ["xs" , "x"  , ""   , "x"  , "x"  , "os" , "os" , "s"  , "x"]),
    (Action::AccountRegister,      [""   , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),
    (Action::AccountImport,        [""   , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),
    (Action::AccountAdmit,         ["x"  , ""   , ""   , ""   , ""   , ""   , ""   , ""   , ""]),
    (Action::AccountLock,          ["x"  , ""   , ""   , ""   , "x"  , "o"  , "o"  , ""   , ""]),
    (Action::AccountUnlock,        ["x"  , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),
    (Action::AccountClose,         ["x"  , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),

    (Action::QuotaRead,            ["xs" , "x"  , ""   , "x"  , "x"  , "os" , "os" , "s"  , "x"]),
    (Action::QuotaAsk,             [""   , ""   , ""   , ""   , ""   , "os" , ""   , ""   , ""]),
    (Action::QuotaGrant,           ["x"  , ""   , ""   , ""   , ""   , ""   , ""   , ""   , ""]),

    (Action::CampaignRead,         ["xn" , "xn" , ""   , "xn" , "xn" , "on" , "on" , ""   , "xn"]),
    (Action::CampaignOpen,         ["n"  , ""   , ""   , ""   , ""   , ""   , ""   , ""   , ""]),
    (Action::CampaignAnswer,       [""   , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),
    (Action::CampaignRemind,       ["xn" , ""   , ""   , ""   , ""   , ""   , ""   , ""   , ""]),
    (Action::CampaignClose,        ["n"  , ""   , ""   , ""   , ""   , ""   , ""   , ""   , ""]),
    (Action::CampaignExport,       ["xn" , ""   , ""   , "xn" , "xn" , "o"  , ""   , ""   , "xn"]),

    (Action::AlertRead,            [""   , ""   , ""   , "xn" , "xn" , ""   , "o"  , ""   , "xn"]),
    (Action::AlertHandle,          [""   , ""   , ""   , ""   , "xn" , ""   , ""   , ""   , ""]),
    (Action::AlertBrake,           [""   , ""   , ""   , ""   , "xn" , ""   , ""   , ""   , ""]),
    (Action::AlertRelease,         [""   , ""   , ""   , "xn" , ""   , ""   , ""   , ""   , ""]),

    (Action::WatchRead,            [""   , ""   , ""   , "ns" , "ns" , ""   , ""   , ""   , "n"]),
    (Action::WatchDryRun,          [""   , ""   , ""   , ""   , "ns" , ""   , ""   , ""   , ""]),
    (Action::WatchPropose,         [""   , ""   , ""   , ""   , "ns" , ""   , ""   , ""   , ""]),
    (Action::WatchEnact,           [""   , ""   , ""   , "n"  , ""   , ""   , ""   , ""   , ""]),

    (Action::TicketRead,           ["x"  , "x"  , ""   , ""   , "x"  , "os" , "os" , "s"  , "x"]),
    (Action::TicketOpen,           [""   , ""   , ""   , ""   , ""   , "s"  , "s"  , "s"  , ""]),
    (Action::TicketReply,          ["x"  , "x"  , ""   , ""   , ""   , "os" , "os" , "s"  , ""]),
    (Action::TicketClose,          ["x"  , "x"  , ""   , ""   , ""   , "os" , "os" , "s"  , ""]),

    (Action::NoticeRead,           ["x"  , "x"  , ""   , ""   , "x"  , "os" , ""   , "s"  , "x"]),
    (Action::NoticeFile,           [""   , ""   , ""   , ""   , ""   , "s"  , ""   , "s"  , ""]),
    (Action::NoticeAnswer,         ["x"  , ""   , ""   , ""   , ""   , ""   , ""   , ""   , ""]),
    (Action::NoticeClose,          [""   , ""   , ""   , ""   , ""   , "os" , ""   , "s"  , ""]),

    (Action::InspectionRead,       [""   , "x"  , "x"  , "x"  , "xs" , "o"  , "o"  , ""   , "x"]),
    (Action::InspectionPlan,       [""   , ""   , ""   , ""   , "xs" , ""   , ""   , ""   , ""]),
    (Action::InspectionOrder,      [""   , ""   , ""   , "x"  , ""   , ""   , ""   , ""   , ""]),
    (Action::InspectionRecord,     [""   , ""   , "x"  , ""   , "x"  , ""   , ""   , ""   , ""]),
    (Action::InspectionRemedy,     [""   , ""   , ""   , ""   , ""   , "o"  , "o"  , ""   , ""]),
    (Action::InspectionEvaluate,   [""   , ""   , ""   , ""   , ""   , ""   , "o"  , ""   , ""]),
    (Action::InspectionClose,      [""   , ""   , ""   , ""   , "x"  , ""   , ""   , ""   , ""]),

    (Action::SecretRead,           [""   , "x"  , ""   , ""   , "x"  , "o"  , "os" , ""   , "x"]),
    (Action::SecretCreate,         [""   , ""   , ""   , ""   , ""   , ""   , "os" , ""   , ""]),
    (Action::SecretCollect,        [""   , ""   , ""   , ""   , ""   , ""   , "os" , ""   , ""]),
    (Action::SecretRevoke,         [""   , "x"  , ""   , ""   , "x"  , ""   , "os" , ""   , ""]),

    (Action::CertificateRead,      [""   , "x"  , "x"  , "x"  , "x"  , "o"  , "os" , ""   , "x"]),
    (Action::CertificateRequest,   [""   , ""   , ""   , ""   , ""   , ""   , "os" , ""   , ""]),
    (Action::CertificateIssue,     [""   , "x"  , ""   , ""   , ""   , ""   , ""   , ""   , ""]),
    (Action::CertificateEnrol,     [""   , ""   , ""   , ""   , ""   , ""   , "os" , ""   , ""]),
    (Action::CertificateRevoke,    [""   , "x"  , ""   , "x"  , "x"  , ""   , "os" , ""   , ""]),

    (Action::StaffRead,            ["xns", "s"  , "s"  , "xns", "xns", "os" , "os" , "s"  , "xns"]),
    (Action::StaffInvite,          ["xn" , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),
    (Action::StaffSetRoles,        ["xn" , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),
    (Action::StaffLock,            ["xn" , ""   , ""   , ""   , "xn" , "o"  , "o"  , ""   , ""]),
    (Action::StaffUnlock,          ["xn" , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),
    (Action::StaffClose,           ["xn" , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),
    (Action::StaffReset,           ["xn" , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),
    (Action::StaffCredentials,     ["s"  , "s"  , "s"  , "s"  , "s"  , "s"  , "s"  , "s"  , "s"]),
    (Action::StaffSessions,        ["xns", "s"  , "s"  , "s"  , "s"  , "os" , "os" , "s"  , "s"]),

    (Action::EmergencyRead,        ["ns" , ""   , ""   , "ns" , "ns" , ""   , ""   , ""   , "n"]),
    (Action::EmergencyRequest,     ["ns" , ""   , ""   , "ns" , ""   , ""   , ""   , ""   , ""]),
    (Action::EmergencyApprove,     ["n"  , ""   , ""   , "n"  , "n"  , ""   , ""   , ""   , ""]),
    (Action::EmergencyClose,       ["ns" , ""   , ""   , "ns" , "n"  , ""   , ""   , ""   , ""]),

    (Action::CleaningRead,         ["x"  , ""   , ""   , ""   , "x"  , "o"  , "o"  , ""   , "x"]),
    (Action::CleaningSubmit,       [""   , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),
    (Action::CleaningCancel,       ["x"  , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),
    (Action::CleaningReview,       ["x"  , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),
    (Action::CleaningExport,       [""   , ""   , ""   , ""   , ""   , "o"  , ""   , ""   , ""]),

    (Action::UsageRead,            ["xn" , "xn" , ""   , "xn" , "xn" , "os" , "os" , "s"  , "xn"]),
    (Action::UsageExport,          ["xn" , "xn" , ""   , "xn" , "xn" , "o"  , ""   , ""   , "xn"]),

    (Action::RuleRead,             ["ns" , "ns" , "ns" , "ns" , "ns" , "n"  , "n"  , "n"  , "n"]),
    (Action::RulePropose,          ["ns" , "ns" , "ns" , ""   , "ns" , ""   , ""   , ""   , ""]),
    (Action::RuleEnact,            [""   , ""   , ""   , "n"  , ""   , ""   , ""   , ""   , ""]),

    (Action::AuditRead,            [""   , ""   , ""   , ""   , "xn" , "o"  , "o"  , ""   , "xn"]),
    (Action::AuditExport,          [""   , ""   , ""   , ""   , "xn" , ""   , ""   , ""   , "xn"]),
];
