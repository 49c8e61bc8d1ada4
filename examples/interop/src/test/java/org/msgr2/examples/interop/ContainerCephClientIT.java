package org.msgr2.examples.interop;

import java.util.List;

/** The programs of a container image. */
@RequiresContainer
final class ContainerCephClientIT extends CephClientContract {

    @Override
    List<ClientLogin> logins() {
        return List.of(ClientLogin.values());
    }

    @Override
    CephCluster provide(CephSettings.Auth auth) {
        return ContainerCeph.start(settings(auth), ContainerImage.chosen());
    }
}
