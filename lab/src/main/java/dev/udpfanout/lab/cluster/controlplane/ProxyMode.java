package dev.udpfanout.lab.cluster.controlplane;

import java.util.Locale;

/** How kube-proxy writes its rules: its flag {@code --proxy-mode}. */
public enum ProxyMode {
    IPTABLES,
    NFTABLES;

    /** The flag's value. */
    public String flag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
