//! The configuration of Dovecot's extensions.

use std::path::Path;

/// Returns the part of the configuration that enables ACL, QUOTA, METADATA, URLAUTH and COMPRESS.
///
/// SETQUOTA is not allowed to any user, since this Dovecot crashes if it is. The quota root and its
/// limits are those of the embedded server, so that the two can be compared.
pub(super) fn conf(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "\
mail_plugins = acl quota zlib
mail_attribute_dict = file:%h/attributes
protocol imap {{
  mail_plugins = acl quota zlib imap_acl imap_quota imap_zlib
  imap_metadata = yes
  imap_urlauth_host = localhost
}}
plugin {{
  acl = vfile
  acl_shared_dict = file:{folder}/mail/shared
  quota = count:
  quota_vsizes = yes
  quota_rule = *:storage=1G:messages=100000
}}

namespace shared {{
  type = shared
  separator = /
  prefix = shared/%%u/
  location = maildir:%%h/Maildir:INDEXPVT=~/shared/%%u
  subscriptions = no
  list = children
}}
"
    )
}
