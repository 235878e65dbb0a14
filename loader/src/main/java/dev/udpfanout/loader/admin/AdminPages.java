package dev.udpfanout.loader.admin;

import dev.udpfanout.loader.datapath.UserspaceDrops;
import dev.udpfanout.loader.metrics.DaemonMetrics;
import dev.udpfanout.loader.metrics.MetricsPage;
import dev.udpfanout.loader.status.DaemonView;
import dev.udpfanout.loader.status.Readiness;
import dev.udpfanout.loader.supervision.ThreadsStatus;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pages: metrics, {@code /healthz}, {@code /readyz}, {@code /status} and {@code /drops}. */
public final class AdminPages implements RequestHandler {
    /** The control loop turns every few seconds even if nothing happens. */
    public static final Duration DEFAULT_ALIVE_LIMIT = Duration.ofSeconds(30);

    private static final String STATUS = "/status";

    /** Senders' addresses are nobody's business who scrapes metrics. */
    private static final String DROPS = "/drops";

    private static final Pattern FROM = Pattern.compile("from=(-1|[0-9]{1,18})");

    private final DaemonView view;
    private final UserspaceDrops drops;
    private final DaemonMetrics metrics;
    private final String metricsPath;
    private final Duration aliveLimit;

    /**
     * @param drops watched by each request for {@code /drops}
     * @param metricsPath of the metrics page, beginning with a slash
     * @param aliveLimit for how long the control loop may stand still before {@code /healthz} says so
     */
    public AdminPages(
            DaemonView view, UserspaceDrops drops, DaemonMetrics metrics, String metricsPath, Duration aliveLimit) {
        this.view = view;
        this.drops = drops;
        this.metrics = metrics;
        this.metricsPath = metricsPath;
        this.aliveLimit = aliveLimit;
    }

    @Override
    public boolean isQuick(RequestHead request) {
        return !request.path().equals(metricsPath)
                && !request.path().equals(STATUS)
                && !request.path().equals(DROPS);
    }

    @Override
    public boolean isForThisHostOnly(RequestHead request) {
        return request.path().equals(DROPS);
    }

    @Override
    public HttpResponse handle(RequestHead request) {
        String path = request.path();
        if (path.equals(metricsPath)) {
            MetricsPage page = metrics.page(request.accept());
            return new HttpResponse(200, page.contentType(), page.bytes());
        }
        return switch (path) {
            case "/healthz" -> alive();
            case "/readyz" -> ready();
            case STATUS -> new HttpResponse(200, "application/json", StatusJson.encode(view.snapshot()));
            case DROPS -> drops(request.query());
            default ->
                HttpResponse.text(404, "not found; the pages are " + metricsPath + " /healthz /readyz /status /drops");
        };
    }

    /** {@code from} is what the page before has as {@code next}; without it, the watch begins. */
    private HttpResponse drops(String query) {
        Matcher from = FROM.matcher(query.isEmpty() ? "from=-1" : query);
        return from.matches()
                ? new HttpResponse(
                        200, "application/json", DropsJson.encode(drops.watch(Long.parseLong(from.group(1)))))
                : HttpResponse.text(400, "the query is from=NUMBER, the number of the page before, or nothing");
    }

    private HttpResponse alive() {
        Duration still = view.sinceLastTurn();
        if (still.compareTo(aliveLimit) > 0) {
            return HttpResponse.text(503, "the control loop has not turned for " + still.toSeconds() + " s");
        }
        ThreadsStatus threads = view.threads();
        if (!threads.dead().isEmpty()) {
            return HttpResponse.text(503, "a thread does not work any more: " + String.join(", ", threads.dead()));
        }
        return HttpResponse.text(
                200,
                threads.failing().isEmpty()
                        ? "ok"
                        : "ok; a thread failed and was started again: " + String.join(", ", threads.failing()));
    }

    private HttpResponse ready() {
        Readiness readiness = view.readiness();
        return readiness.ready()
                ? HttpResponse.text(200, "ready")
                : HttpResponse.text(503, "not ready: " + readiness.reason());
    }
}
