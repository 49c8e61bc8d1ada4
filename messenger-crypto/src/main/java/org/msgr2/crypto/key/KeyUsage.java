package org.msgr2.crypto.key;

/**
 * What is encrypted. With {@link KeyType#AES256KRB5} each usage has subkeys of its own, so that no ciphertext can be
 * passed off as another kind; {@link KeyType#AES} ignores it (spec/msgr2 §3.6).
 */
public enum KeyUsage {
    /** Anything else. */
    PLAIN(0x00, "data"),
    /** The connection secret in a monitor's AUTH_DONE. */
    AUTH_CONNECTION_SECRET(0x03, "connection secret"),
    /** Session key and validity of a ticket, for the one who asked for it. */
    TICKET_SESSION_KEY(0x04, "session key"),
    /** The ticket-granting ticket's blob, when it replaces an older one. */
    TICKET_BLOB(0x05, "ticket"),
    /** An authorizer's proof. */
    AUTHORIZE(0x10, "authorizer"),
    /** A service's challenge to an authorizer. */
    AUTHORIZE_CHALLENGE(0x11, "authorizer challenge"),
    /** A service's answer to an authorizer. */
    AUTHORIZE_REPLY(0x12, "authorizer reply"),
    /** The keys that a service's tickets are sealed with. */
    ROTATING_SECRETS(0x20, "rotating secrets"),
    /** The inside of a ticket, for the service that it is shown to. */
    TICKET_INFO(0x30, "ticket info");

    private final int code;
    private final String label;

    KeyUsage(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /** The usage number that enters the derivation of subkeys. */
    public int code() {
        return code;
    }

    /** For messages: {@code ticket info}. */
    @Override
    public String toString() {
        return label;
    }
}
