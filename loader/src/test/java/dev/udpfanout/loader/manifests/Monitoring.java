package dev.udpfanout.loader.manifests;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;

/** What of the Prometheus operator's resources the manifests use. */
final class Monitoring {
    private Monitoring() {}

    /** monitoring.coreos.com/v1 PrometheusRule. */
    record PrometheusRule(String apiVersion, String kind, ObjectMeta metadata, RuleGroups spec) {}

    /** All rules. */
    record RuleGroups(List<RuleGroup> groups) {}

    /** Rules that are evaluated together. */
    record RuleGroup(String name, List<Rule> rules) {}

    /** An alert. */
    record Rule(
            String alert,
            String expr,
            @JsonProperty("for") String pending,
            Map<String, String> labels,
            Map<String, String> annotations) {}

    /** monitoring.coreos.com/v1 PodMonitor. */
    record PodMonitor(String apiVersion, String kind, ObjectMeta metadata, PodMonitorSpec spec) {}

    /** Which pods are scraped, and how. */
    record PodMonitorSpec(LabelSelector selector, List<PodMetricsEndpoint> podMetricsEndpoints) {}

    /** One page of a pod. */
    record PodMetricsEndpoint(String port, String path, String interval, List<Relabeling> relabelings) {}

    /** A label made of others. */
    record Relabeling(List<String> sourceLabels, String targetLabel) {}
}
