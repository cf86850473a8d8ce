//! Response codes without arguments.

use super::Code;

macro_rules! plain_codes {
    ($($wire:literal => $variant:ident),+ $(,)?) => {
        pub(super) fn read(name: &str) -> Option<Code> {
            Some(match name {
                $($wire => Code::$variant,)+
                _ => return None,
            })
        }

        pub(super) fn name(code: &Code) -> Option<&'static str> {
            Some(match code {
                $(Code::$variant => $wire,)+
                _ => return None,
            })
        }
    };
}

plain_codes! {
    "ALERT" => Alert,
    "ALREADYEXISTS" => AlreadyExists,
    "AUTHENTICATIONFAILED" => AuthenticationFailed,
    "AUTHORIZATIONFAILED" => AuthorizationFailed,
    "BADCOMPARATOR" => BadComparator,
    "CANNOT" => Cannot,
    "CLIENTBUG" => ClientBug,
    "CLOSED" => Closed,
    "COMPRESSIONACTIVE" => CompressionActive,
    "CONTACTADMIN" => ContactAdmin,
    "CORRUPTION" => Corruption,
    "EXPIRED" => Expired,
    "EXPUNGEISSUED" => ExpungeIssued,
    "HASCHILDREN" => HasChildren,
    "INUSE" => InUse,
    "LIMIT" => Limit,
    "NOMODSEQ" => NoModSeq,
    "NONEXISTENT" => NonExistent,
    "NOPERM" => NoPerm,
    "NOTSAVED" => NotSaved,
    "NOTIFICATIONOVERFLOW" => NotificationOverflow,
    "OVERQUOTA" => OverQuota,
    "PARSE" => Parse,
    "PRIVACYREQUIRED" => PrivacyRequired,
    "READ-ONLY" => ReadOnly,
    "READ-WRITE" => ReadWrite,
    "SERVERBUG" => ServerBug,
    "TEMPFAIL" => TempFail,
    "TOOBIG" => TooBig,
    "TRYCREATE" => TryCreate,
    "UIDNOTSTICKY" => UidNotSticky,
    "UIDREQUIRED" => UidRequired,
    "UNAVAILABLE" => Unavailable,
    "UNKNOWN-CTE" => UnknownCte,
    "USEATTR" => UseAttr,
}
