//! The options that set the limits of the client.

use imapclient::LimitedBy;

/// Returns the option of the INI file that sets this limit; `None` if there is none.
///
/// ```
/// use imapclient::LimitedBy;
///
/// // This option sets the time for connecting as well.
/// let option = imapclient_config::option_for(LimitedBy::ConnectTimeout);
/// assert_eq!(option, Some("timeout"));
/// ```
#[must_use]
pub fn option_for(setting: LimitedBy) -> Option<&'static str> {
    Some(match setting {
        LimitedBy::Timeout | LimitedBy::ConnectTimeout => "timeout",
        LimitedBy::CommandTimeout => "command_timeout",
        LimitedBy::MinSpeed => "min_speed",
        LimitedBy::UnsolicitedLimit => "unsolicited_limit",
        LimitedBy::UnsolicitedBytes => "unsolicited_bytes",
        LimitedBy::ResponseLimit => "response_limit",
        LimitedBy::AnswerLimit => "answer_limit",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::ALL;

    #[test]
    fn each_is_an_option() {
        let settings = [
            LimitedBy::Timeout,
            LimitedBy::ConnectTimeout,
            LimitedBy::CommandTimeout,
            LimitedBy::MinSpeed,
            LimitedBy::UnsolicitedLimit,
            LimitedBy::UnsolicitedBytes,
            LimitedBy::ResponseLimit,
            LimitedBy::AnswerLimit,
        ];
        for setting in settings {
            let option = option_for(setting);
            assert!(
                option.is_some_and(|option| ALL.contains(&option)),
                "{setting}"
            );
        }
        assert_eq!(option_for(LimitedBy::Limits), None);
    }
}
