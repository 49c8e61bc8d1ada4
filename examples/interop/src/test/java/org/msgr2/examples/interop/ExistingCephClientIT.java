package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityType;

/**
 * A cluster that is there already: the one that {@code -Dmsgr.ceph.conf} names, or else one that was started for this but
 * is known by its files only.
 */
@RequiresCeph(CephProgram.CEPH)
final class ExistingCephClientIT extends CephClientContract {

    private final List<CephCluster> hosts = new ArrayList<>();
    private Optional<ExistingCeph> named = Optional.empty();

    @BeforeAll
    void lookForTheUsers() {
        named = ExistingCeph.named();
    }

    @AfterAll
    void stopHosts() {
        hosts.forEach(CephCluster::close);
    }

    @Override
    List<ClientLogin> logins() {
        return named.map(ceph -> ClientLogin.with(ceph.auth())).orElse(List.of(ClientLogin.values()));
    }

    @Override
    CephCluster provide(CephSettings.Auth auth) {
        return named.orElseGet(() -> guest(auth));
    }

    /** The user's cluster is what it is. */
    @Override
    boolean mayLack(EntityType type) {
        return named.isPresent();
    }

    private ExistingCeph guest(CephSettings.Auth auth) {
        LocalCeph host = LocalCeph.start(settings(auth));
        hosts.add(host);
        return ExistingCeph.at(host.conf(), auth == CephSettings.Auth.NONE ? null : host.keyring(), host.user());
    }

    @Test
    void aGuestChangesNothing() {
        CephCluster ceph = provide(logins().get(0).auth());

        assertThatThrownBy(() -> ceph.ceph("osd", "pool", "create", "mine"))
                .isInstanceOf(PeerException.class)
                .hasMessageContaining("may change the cluster")
                .hasMessageContaining("refused");
        ceph.close();
        assertThat(ceph.ceph("fsid").strip()).isEqualTo(ceph.fsid());
    }
}
