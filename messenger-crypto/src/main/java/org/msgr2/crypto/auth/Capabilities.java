package org.msgr2.crypto.auth;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.msgr2.core.address.EntityType;

/**
 * What an authenticated entity may do, per service: {@code mon 'allow r'}, {@code cld 'allow rw path=/x'},
 * {@code ctl 'allow *'}. The texts are those of a keyring or of a ticket, and Ceph's own are read too, without being
 * understood fully: whatever this class does not understand about a grant restricts it, so a service that does not ask
 * for qualifiers never allows more than was granted.
 *
 * <p>Grammar of one service's text (architecture §6):
 *
 * <pre>
 *   text  = grant *(("," | ";") grant)           a comma that no "allow" or "profile" follows belongs to the grant
 *   grant = "allow" 1*word | ["allow"] "profile" name *word
 *   word  = access | key "=" value | key         values may be quoted
 *   access = "*" | "all" | "any" | 1*("r" | "w" | "x")
 * </pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Capabilities {
    /** Of a peer that did not authenticate. */
    public static final Capabilities NONE = new Capabilities(Map.of(), false);

    /** Of the process itself: every service, without restriction. It has no text and comes from no keyring. */
    public static final Capabilities ALL = new Capabilities(Map.of(), true);

    /** A profile for a hosted service: its name and an access. No profile of Ceph's has a dot. */
    private static final Pattern HOSTED = Pattern.compile("([a-z][a-z0-9_-]*)\\.([rwx]{1,3})");

    private final boolean everything;
    private final Map<String, String> texts;
    private final Map<String, List<Grant>> grants;

    /**
     * One grant.
     *
     * @param access what it allows; empty for a profile, which only its service can interpret
     * @param profile its name; empty if it is none
     * @param qualifiers what the grant is restricted to, such as {@code path} → {@code /x}; a word that is no pair has an
     *     empty value
     */
    public record Grant(Set<Access> access, String profile, Map<String, String> qualifiers) {
        public Grant {
            access = access.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(access));
            qualifiers = Map.copyOf(qualifiers);
        }
    }

    private Capabilities(Map<String, String> texts, boolean everything) {
        this.everything = everything;
        Map<String, List<Grant>> parsed = new TreeMap<>();
        texts.forEach((service, text) -> parsed.put(service, CapabilityParser.parse(text)));
        this.texts = Collections.unmodifiableMap(new TreeMap<>(texts));
        this.grants = parsed;
    }

    /**
     * Never fails: a text that does not follow the grammar allows nothing.
     *
     * @param texts by service name
     */
    public static Capabilities of(Map<String, String> texts) {
        return texts.isEmpty() ? NONE : new Capabilities(texts, false);
    }

    /**
     * Of somebody who showed a ticket. A ticket is for one service of the cluster, and has the text for this one only; grants
     * for services that are hosted there ({@code confd}, {@code cld}) are profiles in this text: {@code osd 'allow r, profile
     * confd.r'} is also {@code confd 'allow r'}. A profile with qualifiers, or for one of the cluster's own services, grants
     * nothing. Ceph's monitor and OSD take such a profile in the text for {@code osd}, where it allows nothing else (observed on
     * 16.2.15).
     *
     * @param service that the ticket is for
     */
    public static Capabilities ofTicket(String service, String text) {
        Map<String, String> texts = new TreeMap<>();
        for (Grant grant : CapabilityParser.parse(text)) {
            Matcher hosted = HOSTED.matcher(grant.profile());
            if (grant.qualifiers().isEmpty() && hosted.matches() && EntityType.ofLabel(hosted.group(1)) == null) {
                texts.merge(hosted.group(1), "allow " + hosted.group(2), (one, other) -> one + ", " + other);
            }
        }
        if (!text.isEmpty()) {
            texts.put(service, text);
        }
        return of(texts);
    }

    /** Whether the service may be used in that way without any restriction. */
    public boolean allows(String service, Access access) {
        return allows(service, access, (key, value) -> false);
    }

    /**
     * Whether a grant allows that, all of whose qualifiers hold.
     *
     * @param qualifier (key, value) → whether the request is within it; false for a key that the service does not know
     */
    public boolean allows(String service, Access access, BiPredicate<String, String> qualifier) {
        if (everything) {
            return true;
        }
        return grants(service).stream()
                .filter(grant -> grant.access().contains(access))
                .anyMatch(grant -> grant.qualifiers().entrySet().stream()
                        .allMatch(entry -> qualifier.test(entry.getKey(), entry.getValue())));
    }

    /** The service's grants in their order; empty if there are none or the text could not be read. */
    public List<Grant> grants(String service) {
        return grants.getOrDefault(service, List.of());
    }

    /** The service's text as it is in the keyring; empty if there is none. */
    public String text(String service) {
        return texts.getOrDefault(service, "");
    }

    /** Names of the services that something is said about. */
    public Set<String> services() {
        return texts.keySet();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Capabilities that && everything == that.everything && texts.equals(that.texts);
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    /** As a keyring says it: {@code mon='allow r' osd='allow *'}. */
    @Override
    public String toString() {
        if (everything) {
            return "all capabilities";
        }
        StringBuilder all = new StringBuilder();
        texts.forEach((service, text) -> all.append(all.isEmpty() ? "" : " ")
                .append(service)
                .append("='")
                .append(text)
                .append('\''));
        return all.isEmpty() ? "no capabilities" : all.toString();
    }
}
