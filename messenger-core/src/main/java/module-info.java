/** Wire formats, addresses, features, frames and messages. No thread, no socket, no clock. */
@SuppressWarnings("module") // the digit in the name is the protocol's
module org.msgr2.core {
    requires static transitive org.jspecify;
    requires transitive io.netty.buffer;
    requires transitive io.netty.common;

    exports org.msgr2.core;
    exports org.msgr2.core.address;
    exports org.msgr2.core.wire;
    exports org.msgr2.core.feature;
    exports org.msgr2.core.frame;
    exports org.msgr2.core.message;
    exports org.msgr2.core.mon;
}
