import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const html = 'Texts become nodes (JSX, textContent), never markup.'

export default defineConfig(
  globalIgnores(['**/node_modules/', 'server/']),
  { files: ['**/*.js', '**/*.mjs'], extends: [js.configs.recommended], languageOptions: { globals: { console: 'readonly', URL: 'readonly' } } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: 'tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `== null` asks for null and undefined alike.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-eval': 'error',
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'dangerouslySetInnerHTML'].map((property) => ({ property, message: html })),
      ],
      'no-restricted-syntax': ['error', { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: html }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers in texts are written as they are; where they need care, `tn` is used.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An adapter is asynchronous by its contract, whether or not it has to wait.
      '@typescript-eslint/require-await': 'off',
      // Indexing gives `T | undefined`; arithmetic over an array knows its bounds.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `() => listeners.delete(one)` as an end of a subscription is clear enough.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // tsc reports these, and knows the underscore.
      '@typescript-eslint/no-unused-vars': 'off',
      'no-unused-vars': 'off',
      // TypeScript resolves names.
      'no-undef': 'off',
    },
  },
  {
    // Written from the server's wire types; an event without fields is an empty object there too.
    files: ['client/src/wire.ts'],
    rules: { '@typescript-eslint/no-empty-object-type': 'off', '@typescript-eslint/no-generated-empty-object-type': 'off' },
  },
)
