package dev.udpfanout.bench.contestant;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** nginx as a UDP load balancer: its stream module, one worker, no answers expected. */
final class Nginx {
    private static final String MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so";

    private Nginx() {}

    /** The configuration; its files are in the folder. */
    static String config(Path directory, InetSocketAddress bind, List<InetSocketAddress> endpoints) {
        String servers = endpoints.stream()
                .map(endpoint -> "server " + endpoint.getAddress().getHostAddress() + ":" + endpoint.getPort() + ";")
                .collect(Collectors.joining(" "));
        return """
                daemon off; master_process off; worker_processes 1; pid %1$s/pid; error_log %1$s/error.log warn;
                load_module %2$s;
                events { worker_connections 4096; }
                stream {
                    upstream pods { %3$s }
                    server { listen %4$s:%5$d udp rcvbuf=8m; proxy_pass pods; proxy_responses 0; }
                }
                """.formatted(directory, MODULE, servers, bind.getAddress().getHostAddress(), bind.getPort());
    }
}
