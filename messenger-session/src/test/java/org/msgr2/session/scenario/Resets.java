package org.msgr2.session.scenario;

/**
 * What an application was told, in the notation of the specification (spec/msgr2 §8).
 *
 * @param resets sessions that have ended
 * @param remoteResets sessions that the peer had forgotten
 */
record Resets(int resets, int remoteResets) {
    static final Resets NONE = new Resets(0, 0);

    static Resets reset(int resets, int remoteResets) {
        return new Resets(resets, remoteResets);
    }

    @Override
    public String toString() {
        return "reset(" + resets + "," + remoteResets + ")";
    }
}
