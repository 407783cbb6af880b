/** How an app is to run in a cloud, as its user wrote it. */
export interface CloudWish {
  /** Absent: what suits the app and the cloud. */
  type?: 'event' | 'web';
  /** `Python3.6`, `python3.12`, `nodejs20.x`; absent: what the app runs on here, or the nearest that there is. */
  runtime?: string;
  /** Program of a custom runtime there: `/opt/bin/python3.12`. */
  interpreter?: string;
  /** Answers part by part, where the cloud and the runtime can: Node on AWS. */
  stream?: boolean;
}

/** What starts a package in a cloud. */
export interface CloudStart {
  type: 'event' | 'web';
  /** `python3.12`, `nodejs20`, `custom`. */
  runtime: string;
  /** `ropeway_handler.handler`; `ropeway_handler.stream_handler` answers part by part. */
  handler: string;
  arch: 'x64' | 'arm64';
}
