import { expect, test } from 'vitest'
import { PROTOCOLS, protocolFor } from '../../../../client/src/players/protocols'

const PAGE = 'https://ceremony.example/c/1'
const { youtube, vimeo, peertube, rutube, vk } = PROTOCOLS

test('a frame is built only for the address its provider is known under', () => {
  const allowed = (provider: string, url: string) => protocolFor(provider, new URL(url)) !== null
  expect(allowed('youtube', 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ')).toBe(true)
  expect(allowed('youtube', 'https://www.youtube.com/embed/dQw4w9WgXcQ')).toBe(false)
  expect(allowed('youtube', 'https://player.vimeo.com/video/1')).toBe(false)
  expect(allowed('youtube', 'http://www.youtube-nocookie.com/embed/dQw4w9WgXcQ')).toBe(false)
  expect(allowed('youtube', 'https://www.youtube-nocookie.com.evil.example/embed/dQw4w9WgXcQ')).toBe(false)
  expect(allowed('youtube', 'https://www.youtube-nocookie.com:444/embed/dQw4w9WgXcQ')).toBe(false)
  expect(allowed('youtube', 'https://somebody@www.youtube-nocookie.com/embed/dQw4w9WgXcQ')).toBe(false)
  expect(allowed('youtube', 'https://www.youtube-nocookie.com/redirect')).toBe(false)
  expect(allowed('youtube', 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ/../../redirect')).toBe(false)
  expect(allowed('youtube', 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ%2f..')).toBe(false)
  expect(allowed('vimeo', 'https://player.vimeo.com/video/1')).toBe(true)
  expect(allowed('vimeo', 'https://player.vimeo.com/external/1.m3u8')).toBe(false)
  expect(allowed('rutube', 'https://rutube.ru/play/embed/10b3a03fc01d5bbcc632a2f3514e8aab')).toBe(true)
  expect(allowed('rutube', 'https://rutube.ru/play/embed/10b3a03fc01d5bbcc632a2f3514e8aab/?p=aB3_x-9QwE')).toBe(true)
  expect(allowed('rutube', 'https://rutube.ru/play/embed/x')).toBe(false)
  expect(allowed('vk', 'https://vkvideo.ru/video_ext.php')).toBe(true)
  expect(allowed('vk', 'https://vkvideo.ru/away.php?to=https://evil.example')).toBe(false)
  expect(allowed('peertube', 'https://video.museum.example/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv')).toBe(true)
  expect(allowed('peertube', 'https://video.museum.example/videos/embed/9c9de5e8-0a1e-484a-b099-e80766180a6d')).toBe(true)
  expect(allowed('peertube', 'https://video.museum.example/login')).toBe(false)
  expect(allowed('peertube', 'javascript:alert(1)')).toBe(false)
  expect(allowed('file', 'https://museum.example/a.mp4')).toBe(false)
  expect(allowed('toString', 'https://museum.example/a')).toBe(false)
})

test('YouTube is told our origin, and the language of its captions only when we have none', () => {
  const frame = new URL('https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?enablejsapi=1')
  const origin = 'origin=https%3A%2F%2Fceremony.example'
  expect(youtube.address(frame, PAGE, null)).toBe(`${frame.href}&${origin}`)
  expect(youtube.address(frame, PAGE, 'ru')).toBe(`${frame.href}&${origin}&cc_load_policy=1&cc_lang_pref=ru&hl=ru`)
})

test('YouTube', () => {
  expect(JSON.parse(youtube.seek(42.5) as string)).toEqual({
    event: 'command',
    func: 'seekTo',
    args: [42.5, true],
    id: 1,
    channel: 'widget',
  })
  const read = (message: unknown) => youtube.read(JSON.stringify(message))
  expect(read({ event: 'onReady' })).toEqual({ ready: true })
  expect(read({ event: 'initialDelivery', info: { currentTime: 0, duration: 0, playerState: 5 } })).toEqual({
    ready: true,
    position_s: 0,
    duration_s: undefined,
    moving: false,
  })
  expect(read({ event: 'infoDelivery', info: { currentTime: 42.5, duration: 212, playerState: 1 } })).toEqual({
    position_s: 42.5,
    duration_s: 212,
    moving: true,
  })
  expect(read({ event: 'infoDelivery', info: { currentTime: 43 } })).toEqual({ position_s: 43, duration_s: undefined })
  expect(read({ event: 'onStateChange', info: 3 })).toMatchObject({ moving: false, alive: true })
  expect(read({ event: 'onStateChange', info: 0 })).toMatchObject({ moving: false, ended: true })
  expect(read({ event: 'onError', info: 150 })).toEqual({ failed: true })
})

test('Vimeo', () => {
  expect(vimeo.seek(7)).toEqual({ method: 'setCurrentTime', value: 7 })
  expect(vimeo.read({ event: 'ready' })).toEqual({ ready: true })
  expect(vimeo.read('{"event":"timeupdate","data":{"seconds":3.2,"duration":60,"percent":0.05}}')).toEqual({
    moving: true,
    position_s: 3.2,
    duration_s: 60,
  })
  expect(vimeo.read({ event: 'ended', data: {} })).toEqual({ ended: true, moving: false })
  const error = (data: unknown) => vimeo.read({ event: 'error', data })
  expect(error({ method: 'setPlaybackRate', name: 'Error' })).toEqual({ rateRefused: true })
  expect(error({ method: 'play', name: 'NotAllowedError' })).toEqual({ soundBlocked: true })
  expect(error({ method: 'ready', name: 'PrivacyError' })).toEqual({ failed: true })
  expect(error({ method: 'setVolume', name: 'Error' })).toEqual({})
})

test('PeerTube answers the handshake, and hears only its own scope', () => {
  const say = (method: string, params: unknown) => peertube.read(JSON.stringify({ method, params }))
  expect(say('peertube::__ready', { type: 'publish-request', publish: [] })).toEqual({
    answer: '{"method":"peertube::__ready","params":{"type":"publish-reply","publish":[]}}',
  })
  expect(say('peertube::__ready', { type: 'publish-reply', publish: [] })).toEqual({})
  expect(say('peertube::ready', true)).toEqual({ ready: true })
  expect(say('other::ready', true)).toBe(null)
  expect(
    say('peertube::playbackStatusUpdate', { position: 12.5, volume: 1, duration: 90, playbackState: 'playing' }),
  ).toEqual({ ready: true, position_s: 12.5, duration_s: 90, moving: true })
  expect(say('peertube::playbackStatusChange', 'ended')).toEqual({ ended: true, moving: false })
  expect(JSON.parse(peertube.seek(3) as string)).toMatchObject({ method: 'peertube::seek', params: 3 })
  expect(JSON.parse(peertube.sound(true, 1)[0] as string)).toMatchObject({ method: 'peertube::setVolume', params: 0 })
})

test('Rutube', () => {
  const say = (type: string, data: unknown = {}) => rutube.read(JSON.stringify({ type, data }))
  expect(say('player:ready')).toEqual({ ready: true })
  expect(say('player:currentTime', { time: 47.28 })).toEqual({ position_s: 47.28 })
  expect(say('player:changeState', { state: 'playing' })).toEqual({ ready: true, moving: true })
  expect(say('player:changeState', { state: 'paused' })).toEqual({ moving: false })
  expect(say('player:adStart')).toEqual({ alive: true })
  expect(say('player:playComplete')).toEqual({ ended: true, moving: false })
  expect(say('other:ready')).toBe(null)
  expect(rutube.seek(5)).toBe('{"type":"player:setCurrentTime","data":{"time":5}}')
})

test('VK', () => {
  const told = '{"videoId":"1_2","state":"unstarted","volume":1,"muted":false,"time":0,"duration":1450,"event":"inited"}'
  expect(vk.read(told)).toEqual({ ready: true, position_s: 0, duration_s: 1450, moving: false })
  expect(vk.read({ event: 'timeupdate', state: 'playing', time: 100, duration: 1450 })).toEqual({
    position_s: 100,
    duration_s: 1450,
    moving: true,
  })
  expect(vk.read({ event: 'adStarted', state: 'playing' })).toMatchObject({ alive: true, moving: false })
  expect(vk.read({ event: 'autoplaySoundProhibited' })).toMatchObject({ soundBlocked: true })
  expect(vk.seek(9)).toEqual({ method: 'seek', time: 9 })
})

test.each(Object.entries(PROTOCOLS))('%s makes nothing of what it does not know', (_name, protocol) => {
  for (const nonsense of ['', 'null', '[]', '{"event":1}', 7, null, undefined, { method: {} }, '{"info":{"currentTime":-1}}']) {
    const report = protocol.read(nonsense) ?? {}
    expect(Object.values(report).filter((value) => value !== undefined)).toEqual([])
  }
})
