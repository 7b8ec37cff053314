//! Single sign-on: another system of the office says who somebody is (OIDC, code flow with PKCE).

use std::future::Future;
use std::io;

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};
pub use openidconnect::{HttpRequest as Request, HttpResponse as Response};
use serde::{Deserialize, Serialize};

/// The system that says who somebody is, and what it knows us as.
#[derive(Clone, Debug)]
pub struct Provider {
    pub issuer: String,
    pub client: String,
    pub secret: Option<String>,
    /// Where it sends people back to.
    pub back: String,
}

/// What is kept until somebody comes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Gone {
    nonce: String,
    verifier: String,
}

/// What the provider says of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The same for always, among the people of this provider.
    pub subject: String,
    pub name: Option<String>,
    /// What people call the account there.
    pub username: Option<String>,
    /// Only if the provider has checked that it is theirs.
    pub email: Option<String>,
}

/// What was wrong with the provider or its answer, for whoever looks after the server.
#[derive(Debug)]
pub struct Refused(pub String);

fn refused(what: &str) -> impl Fn(&dyn std::error::Error) -> Refused {
    move |error| {
        let mut all = format!("{what}: {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            all = format!("{all}: {cause}");
            source = cause.source();
        }
        Refused(all)
    }
}

/// The client of a provider, once its own document was read.
macro_rules! client {
    ($provider:expr, $ask:expr) => {{
        let issuer = IssuerUrl::new($provider.issuer.clone()).map_err(|e| refused("issuer")(&e))?;
        let found = CoreProviderMetadata::discover_async(issuer, $ask).await;
        let found = found.map_err(|error| refused("the provider's document")(&error))?;
        let back = RedirectUrl::new($provider.back.clone()).map_err(|e| refused("address")(&e))?;
        let secret = $provider.secret.clone().map(ClientSecret::new);
        CoreClient::from_provider_metadata(found, ClientId::new($provider.client.clone()), secret)
            .set_redirect_uri(back)
    }};
}

impl Provider {
    /// Where somebody is sent to say who they are, the name by which the answer is told from others, and
    /// what is kept until then. `ask` carries a request and never follows the answer elsewhere.
    pub async fn begin<A, F>(&self, ask: &A) -> Result<(String, String, Gone), Refused>
    where
        A: Fn(Request) -> F + Sync,
        F: Future<Output = io::Result<Response>> + Send,
    {
        let client = client!(self, ask);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (address, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let gone = Gone { nonce: nonce.secret().clone(), verifier: verifier.into_secret() };
        Ok((address.to_string(), state.into_secret(), gone))
    }

    /// Who it is that comes back with a code.
    pub async fn finish<A, F>(&self, code: &str, gone: Gone, ask: &A) -> Result<Identity, Refused>
    where
        A: Fn(Request) -> F + Sync,
        F: Future<Output = io::Result<Response>> + Send,
    {
        let client = client!(self, ask);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| refused("the provider's document")(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(gone.verifier))
            .request_async(ask)
            .await
            .map_err(|error| refused("the code")(&error))?;
        let token = answer.id_token().ok_or_else(|| Refused("no identity came".to_owned()))?;
        let verifier = client.id_token_verifier();
        let claims = token
            .claims(&verifier, &Nonce::new(gone.nonce))
            .map_err(|error| refused("the identity")(&error))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(|error| refused("signature")(&error))?;
            let key = token.signing_key(&verifier).map_err(|error| refused("key")(&error))?;
            let own = AccessTokenHash::from_token(answer.access_token(), algorithm, key)
                .map_err(|error| refused("signature")(&error))?;
            if own != *expected {
                return Err(Refused("the identity is that of another answer".to_owned()));
            }
        }
        let checked = claims.email_verified() == Some(true);
        let name = claims.name().and_then(|names| names.get(None));
        Ok(Identity {
            subject: claims.subject().to_string(),
            name: name.map(|name| name.to_string()),
            username: claims.preferred_username().map(|name| name.to_string()),
            email: claims.email().filter(|_| checked).map(|email| email.to_string()),
        })
    }
}
