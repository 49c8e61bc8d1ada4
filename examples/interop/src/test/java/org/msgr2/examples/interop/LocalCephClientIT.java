package org.msgr2.examples.interop;

import java.util.List;

/** The programs that are installed on this machine. */
@RequiresCeph({
    CephProgram.MON,
    CephProgram.MONMAPTOOL,
    CephProgram.CEPH,
    CephProgram.OSD,
    CephProgram.MGR,
    CephProgram.MDS
})
final class LocalCephClientIT extends CephClientContract {

    @Override
    List<ClientLogin> logins() {
        return List.of(ClientLogin.values());
    }

    @Override
    CephCluster provide(CephSettings.Auth auth) {
        return LocalCeph.start(settings(auth));
    }
}
