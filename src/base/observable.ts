/**
 * Observables of RxJS. Its main entry has the types of all operators, and a program that uses ours would have them all
 * checked: the types come from the modules that declare them. The code comes from the main entry.
 */
import { Observable as MainObservable, Subscriber as MainSubscriber } from 'rxjs';
import type { Observable as DeclaredObservable } from 'rxjs/internal/Observable';
import type { Subscriber as DeclaredSubscriber } from 'rxjs/internal/Subscriber';

export const Observable: typeof DeclaredObservable = MainObservable;
/** A source of values, as RxJS has it. */
export type Observable<T> = DeclaredObservable<T>;

export const Subscriber: typeof DeclaredSubscriber = MainSubscriber;
/** A receiver of the values of one subscription. */
export type Subscriber<T> = DeclaredSubscriber<T>;

export type { Subscription } from 'rxjs/internal/Subscription';
export type { Observer } from 'rxjs/internal/types';
