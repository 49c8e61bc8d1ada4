/** Services as anybody may write them: javac lets them see what the messenger exports, and nothing else. */
@SuppressWarnings("module") // the digit in the name is the protocol's
module org.msgr2.examples.thirdparty {
    requires static org.jspecify;
    requires transitive org.msgr2.session;

    exports org.msgr2.examples.thirdparty;
}
