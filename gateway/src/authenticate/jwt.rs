//! Tokens that the proxy has verified: what they say must be what the directory wants.
//!
//! Signature, expiry and issuer's keys are the work of Envoy's `jwt_authn`, which leaves the verified payload where no
//! client can put anything.

use super::Door;
use crate::config::{JwtRules, Proof};
use crate::error::{ErrorKind, ScimError};
use crate::exchange::Fact;

impl Door<'_> {
    /// Whether the proxy has verified a token that one of the credentials takes.
    ///
    /// # Errors
    /// 503 when it could not tell because there were no keys to verify with. The token may be fine, so it is no 401:
    /// Entra quarantines a job on one.
    pub(super) async fn is_vouched_for(&self, now: u64) -> Result<bool, ScimError> {
        for credential in self.credentials(now) {
            if let Proof::Jwt(rules) = &credential.proof
                && self.says(rules).await?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn says(&self, rules: &JwtRules) -> Result<bool, ScimError> {
        for (name, wanted) in &rules.claims {
            let said = self.world.fact(Fact::Claim { provider: rules.provider.clone(), name: name.clone() }).await;
            if !said.iter().any(|value| wanted.contains(value)) {
                return self.keys_were_there(rules).await.map(|()| false);
            }
        }
        Ok(true)
    }

    async fn keys_were_there(&self, rules: &JwtRules) -> Result<(), ScimError> {
        let failure = self.world.fact(Fact::Failure { provider: rules.provider.clone() }).await;
        // In the words of Envoy's `jwt_verify_lib`.
        match failure.iter().any(|message| message.contains("Jwks")) {
            true => Err(ScimError::new(ErrorKind::Unavailable(10), "the keys of the token's issuer cannot be had")),
            false => Ok(()),
        }
    }
}
