package dev.udpfanout.loader.admin;

import dev.udpfanout.loader.metrics.DaemonMetrics;
import dev.udpfanout.loader.metrics.MetricsPage;
import dev.udpfanout.loader.status.DaemonView;
import dev.udpfanout.loader.status.Readiness;
import dev.udpfanout.loader.supervision.ThreadsStatus;
import java.time.Duration;

/** The pages: metrics, {@code /healthz}, {@code /readyz} and {@code /status}. */
public final class AdminPages implements RequestHandler {
    /** The control loop turns every few seconds even if nothing happens. */
    public static final Duration DEFAULT_ALIVE_LIMIT = Duration.ofSeconds(30);

    private static final String STATUS = "/status";

    private final DaemonView view;
    private final DaemonMetrics metrics;
    private final String metricsPath;
    private final Duration aliveLimit;

    /**
     * @param metricsPath of the metrics page, beginning with a slash
     * @param aliveLimit for how long the control loop may stand still before {@code /healthz} says so
     */
    public AdminPages(DaemonView view, DaemonMetrics metrics, String metricsPath, Duration aliveLimit) {
        this.view = view;
        this.metrics = metrics;
        this.metricsPath = metricsPath;
        this.aliveLimit = aliveLimit;
    }

    @Override
    public boolean isQuick(RequestHead request) {
        return !request.path().equals(metricsPath) && !request.path().equals(STATUS);
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
            default -> HttpResponse.text(404, "not found; the pages are " + metricsPath + " /healthz /readyz /status");
        };
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
