package org.msgr2.session.scenario;

/**
 * What one connection object of Ceph would have counted, in the notation of the specification (spec/msgr2 §8).
 *
 * @param dialled whether this end has dialled: {@code conn}, otherwise {@code acc}
 * @param attempts sockets, asked for or accepted
 * @param idents CLIENT_IDENTs, sent or received
 * @param reconnects SESSION_RECONNECTs, sent or received
 * @param established how often the session was ready
 */
record Counts(boolean dialled, int attempts, int idents, int reconnects, int established) {

    static Counts conn(int attempts, int idents, int reconnects, int established) {
        return new Counts(true, attempts, idents, reconnects, established);
    }

    static Counts acc(int accepted, int idents, int reconnects, int established) {
        return new Counts(false, accepted, idents, reconnects, established);
    }

    @Override
    public String toString() {
        return (dialled ? "conn(" : "acc(") + attempts + "," + idents + "," + reconnects + "," + established + ")";
    }
}
