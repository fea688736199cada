// Passkeys as JSON, for browsers that do not do it themselves yet.
import { decode, encode } from "./base64url.ts";

/** What the server asks a device. */
export interface Challenge {
  challenge: string;
  user?: { id: string; name: string; displayName: string };
  excludeCredentials?: { type: "public-key"; id: string; transports?: AuthenticatorTransport[] }[];
  [name: string]: unknown;
}

type Parsers = {
  parseCreationOptionsFromJSON?(challenge: Challenge): PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON?(challenge: Challenge): PublicKeyCredentialRequestOptions;
};

/** The challenge for a new passkey, as the browser takes it. */
export function creation_options(challenge: Challenge): PublicKeyCredentialCreationOptions {
  const parsers = PublicKeyCredential as unknown as Parsers;
  if (parsers.parseCreationOptionsFromJSON) return parsers.parseCreationOptionsFromJSON(challenge);
  const { user, excludeCredentials = [] } = challenge;
  return {
    ...challenge,
    challenge: decode(challenge.challenge),
    user: { ...user, id: decode(user?.id ?? "") },
    excludeCredentials: excludeCredentials.map((one) => ({ ...one, id: decode(one.id) })),
  } as unknown as PublicKeyCredentialCreationOptions;
}

/** The challenge for a passkey that is there, as the browser takes it. */
export function request_options(challenge: Challenge): PublicKeyCredentialRequestOptions {
  const parsers = PublicKeyCredential as unknown as Parsers;
  if (parsers.parseRequestOptionsFromJSON) return parsers.parseRequestOptionsFromJSON(challenge);
  return { ...challenge, challenge: decode(challenge.challenge), allowCredentials: [] } as unknown as PublicKeyCredentialRequestOptions;
}

/** The device's answer, as the server takes it. */
export function to_json(credential: PublicKeyCredential): unknown {
  if ("toJSON" in credential) return credential.toJSON();
  const { id, rawId, type, response } = credential as PublicKeyCredential;
  const attestation = response as Partial<AuthenticatorAttestationResponse>;
  const assertion = response as Partial<AuthenticatorAssertionResponse>;
  const text = (bytes: ArrayBuffer | null | undefined): string | undefined => (bytes ? encode(bytes) : undefined);
  return {
    id,
    rawId: encode(rawId),
    type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: encode(response.clientDataJSON),
      attestationObject: text(attestation.attestationObject),
      transports: attestation.getTransports?.(),
      authenticatorData: text(assertion.authenticatorData ?? attestation.getAuthenticatorData?.()),
      signature: text(assertion.signature),
      userHandle: text(assertion.userHandle),
    },
  };
}
