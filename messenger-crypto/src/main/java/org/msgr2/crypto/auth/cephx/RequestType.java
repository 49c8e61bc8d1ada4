package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/** What is asked of a monitor, {@code u16} (spec/msgr2 §3.7): the request header is nothing else. */
enum RequestType implements Encodable {
    /** To log in, or to renew the login: the AUTH ticket. */
    GET_AUTH_SESSION_KEY(0x0100),
    /** Tickets for services. */
    GET_PRINCIPAL_SESSION_KEY(0x0200),
    /** The keys that a daemon opens tickets with. */
    GET_ROTATING_KEY(0x0400);

    private final int code;

    RequestType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static RequestType read(WireReader in) throws WireException {
        int code = in.u16("request_type");
        for (RequestType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new WireException("request_type: unknown 0x" + Integer.toHexString(code));
    }

    @Override
    public void write(WireWriter out) {
        out.u16(code);
    }
}
