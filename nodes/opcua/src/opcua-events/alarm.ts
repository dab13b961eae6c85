export interface AlarmAnswer {
  kind: 'acknowledge' | 'confirm';
  /** Node id of the condition. */
  conditionId: string;
  /** Of the event that is answered, Base64. */
  eventId: string;
  comment: string;
}

/** What answering alarms needs of a server. Rejects when the server refuses it, or there is no connection. */
export interface AlarmServices {
  answerAlarm(answer: AlarmAnswer): Promise<void>;
}
