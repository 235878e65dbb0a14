package dev.udpfanout.loader.kubernetes.slice;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

/**
 * What follows the slices of a Service.
 *
 * @param informer not started yet
 * @param store what it keeps them in
 */
record SliceInformer(SharedIndexInformer<? extends HasMetadata> informer, SliceStore<?> store) {}
