export { type BackOffPolicy, nextDelayMs } from './back-off.ts';
export { type Clock, createManualClock, type ManualClock, systemClock, type Timer } from './clock.ts';
export { type CounterOptions, type CounterStep, counterIncrement } from './counter.ts';
export { type Deadband, isRange, parseDeadband } from './deadband.ts';
export { BulkheadError, errorMessage } from './error.ts';
export { type KafkaName, type KafkaNameResult, kafkaToMqtt, type MqttNameResult, mqttToKafka } from './kafka-name.ts';
export {
  type BatchMessage,
  type MessageTag,
  messageFromBatch,
  messageFromSample,
  type SampleMessage,
  type SamplesOptions,
  type SamplesResult,
  samplesFromMessage,
} from './message.ts';
export {
  meanTimeBetweenFailures,
  meanTimeToRepair,
  minorStopLoss,
  netEquipmentEffectiveness,
  type OeeFactors,
  type OeeFlag,
  type OeeInput,
  type OeeResult,
  oee,
  oeeOfMachines,
  percent,
  simpleOee,
  speedLoss,
  teep,
} from './oee.ts';
export { createMemoryOutbox } from './outbox/memory-outbox.ts';
export type { Outbox, OutboxBounds, WhenFull } from './outbox/outbox.ts';
export { createQuiet, type Quiet } from './outbox/quiet.ts';
export { sampleBytes } from './outbox/sample-bytes.ts';
export { createTicket, type Ticket } from './outbox/ticket.ts';
export { type DecodedPayload, decodePayload } from './payload/decode.ts';
export { encodePayload, type PayloadForm } from './payload/encode.ts';
export { mostTags, pollLimits } from './poll-limits.ts';
export { isQuality, isUsable, QUALITIES, type Quality } from './quality.ts';
export { isRecord } from './record.ts';
export {
  createReportByException,
  type ReportByException,
  type ReportByExceptionOptions,
} from './report-by-exception.ts';
export {
  isSourceTime,
  isWaveform,
  MAX_TIME_MS,
  type Sample,
  type SampleBody,
  type SampleValue,
} from './sample.ts';
export {
  type ParsedTopic,
  parseTopic,
  type Topic,
  type TopicRule,
  topicFromMqtt,
  topicToMqtt,
} from './topic.ts';
export { isInWindow, type Shift, shiftWindow, type TimeWindow, windowAt } from './window.ts';
