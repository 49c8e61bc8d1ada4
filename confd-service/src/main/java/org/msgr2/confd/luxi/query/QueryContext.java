package org.msgr2.confd.luxi.query;

import org.msgr2.confd.luxi.job.JobQueue;
import org.msgr2.confd.luxi.view.ClusterView;

/** What requests are answered from. */
public record QueryContext(ClusterView cluster, JobQueue jobs, Software software) {}
